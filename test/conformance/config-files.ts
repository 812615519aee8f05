import fc from 'fast-check';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { sometimes } from './sometimes.ts';

/** How a config is written down: in files of its own (`$include`), and with values that `.env` files give. */
export interface ConfigWriting {
  readonly include?: Include | undefined;
  readonly variable?: Variable | undefined;
}

interface Include {
  /**
   * The whole config or its first section with members is in one file, in a list of two, in a file that the rest goes
   * on top of, or in a file that includes another; or the include is such that it is refused.
   */
  readonly how: 'root' | 'one' | 'list' | 'merged' | 'nested' | keyof typeof wrongIncludes;
}

const wrongIncludes = {
  missing: './parts/nope.json5',
  outside: '../outside.json5',
  circular: './parts/circular.json5',
  torn: './parts/torn.json5',
  'no object': './parts/list.json5',
  'no path': 5,
} as const;

export const isWrongInclude = (include: ConfigWriting['include']): boolean =>
  include !== undefined && include.how in wrongIncludes;

interface Variable {
  /** The file that gives it; in `both` the one of the working folder comes first. */
  readonly file: 'working folder' | 'state folder' | 'both' | 'env block' | 'nowhere';
  readonly form: '=' | 'export' | ':' | 'double quotes' | 'single quotes' | 'backquotes';
}

/** Of a hundred configs most are one plain file. */
export const configWriting: fc.Arbitrary<ConfigWriting> = fc.record({
  include: sometimes(
    12,
    fc.record({
      how: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom<Include['how']>('root', 'one', 'list', 'merged', 'nested') },
        { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(wrongIncludes) as (keyof typeof wrongIncludes)[])) },
      ),
    }),
  ),
  variable: sometimes(
    10,
    fc.record({
      file: fc.constantFrom<Variable['file']>('working folder', 'state folder', 'both', 'env block', 'nowhere'),
      form: fc.constantFrom<Variable['form']>('=', 'export', ':', 'double quotes', 'single quotes', 'backquotes'),
    }),
  ),
});

/** The files of a config that is no text: name below the home -> content. */
export function configFiles(config: unknown, writing: ConfigWriting = {}): Readonly<Record<string, string>> {
  const main = '.openclaw/openclaw.json';
  if (typeof config === 'string') return { [main]: config };
  const { include, variable } = writing;
  const withVariable = variable === undefined ? { config, files: {} } : putVariable(config, variable);
  const parts =
    include === undefined ? { config: withVariable.config, files: {} } : takeApart(withVariable.config, include);
  const inParts = Object.entries(parts.files).map(([name, text]) => [`.openclaw/parts/${name}`, text]);
  return { [main]: asText(parts.config), ...Object.fromEntries(inParts), ...withVariable.files };
}

interface Written {
  readonly config: unknown;
  readonly files: Readonly<Record<string, string>>;
}

const asText = (value: unknown): string => JSON.stringify(value, null, 2);
/** JSON5, as people write it. */
const asPart = (value: unknown): string => `// a part\n${asText(value).replace(/\n\}$/, ',\n}')}\n`;

function takeApart(config: unknown, { how }: Include): Written {
  if (!isJsonObject(config)) return { config, files: {} };
  if (how === 'root') return { config: { $include: './parts/a.json5' }, files: { 'a.json5': asPart(config) } };
  if (how in wrongIncludes) {
    const files = { 'circular.json5': '{ $include: "../openclaw.json" }', 'torn.json5': '{ x', 'list.json5': '[1]' };
    return { config: { ...config, $include: wrongIncludes[how as keyof typeof wrongIncludes] }, files };
  }
  const [name, section] = Object.entries(config).find(([, value]) => isJsonObject(value)) ?? [];
  if (name === undefined || !isJsonObject(section)) return { config, files: {} };
  const put = (value: unknown): JsonObject => ({ ...config, [name]: value });
  const members = Object.entries(section);
  const half = Math.ceil(members.length / 2);
  const [first, second] = [members.slice(0, half), members.slice(half)].map((some) => Object.fromEntries(some));
  const both = { 'a.json5': asPart(first), 'b.json5': asPart(second) };
  switch (how) {
    case 'list':
      return { config: put({ $include: ['./parts/a.json5', 'parts/b.json5'] }), files: both };
    case 'merged':
      return { config: put({ $include: 'parts/a.json5', ...second }), files: both };
    case 'nested':
      return {
        config: put({ $include: 'parts/a.json5' }),
        files: { ...both, 'a.json5': asPart({ ...first, $include: './b.json5' }) },
      };
    default:
      return { config: put({ $include: './parts/a.json5' }), files: { 'a.json5': asPart(section) } };
  }
}

/** Where a text may stand that a variable can give. */
const places = [
  ['session', 'store'],
  ['session', 'maintenance', 'pruneAfter'],
  ['agents', 'defaults', 'model'],
];

function putVariable(config: unknown, { file, form }: Variable): Written {
  const place = places.find((path) => isPlain(at(config, path)));
  if (place === undefined) return { config, files: {} };
  const value = String(at(config, place));
  const line = `${assignment(form, value)}\n`;
  const replaced = withAt(config, place, '${SESSIONS_VALUE}') as JsonObject;
  // What a working folder may not set is passed over: names of OpenClaw's own and of programs.
  const decoys = 'OPENCLAW_STATE_DIR=/nowhere\nHOME=/nowhere\nnot an assignment\n';
  switch (file) {
    case 'working folder':
      return { config: replaced, files: { '.env': decoys + line } };
    case 'state folder':
      return { config: replaced, files: { '.openclaw/.env': line } };
    case 'both':
      return { config: replaced, files: { '.env': line, '.openclaw/.env': 'SESSIONS_VALUE=other\n' } };
    case 'env block':
      return { config: { ...replaced, env: { vars: { SESSIONS_VALUE: value } } }, files: {} };
    case 'nowhere':
      // It stays as it is, and names a folder of that name.
      return { config: withAt(config, place, `${value}\${SESSIONS_VALUE}`), files: {} };
  }
}

/** What every form of an assignment gives back as it is. */
const isPlain = (value: unknown): boolean => typeof value === 'string' && value !== '' && value === value.trim();

function assignment(form: Variable['form'], value: string): string {
  switch (form) {
    case '=':
      return `SESSIONS_VALUE = ${value}   # a comment`;
    case 'export':
      return `export SESSIONS_VALUE=${value}`;
    case ':':
      return `SESSIONS_VALUE: ${value}`;
    case 'double quotes':
      return `SESSIONS_VALUE="${value}" # a comment`;
    case 'single quotes':
      return `SESSIONS_VALUE='${value}'`;
    case 'backquotes':
      return `SESSIONS_VALUE=\`${value}\``;
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), value);
}

function withAt(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined) return put;
  const object = value as JsonObject;
  return { ...object, [name]: withAt(object[name], rest, put) };
}
