import type fc from 'fast-check';
import { normalizeEntry } from '../../src/core/entry.ts';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { policySessionKey } from '../../src/core/policy-session-key.ts';
import type { Ground } from './ground.ts';
import { jsonListCases } from './list.ts';
import { parseMasked, writeMasked } from './home.ts';
import type { Outcome } from './programs.ts';
import { type Case, isAgo, mapRows, rowsOf } from './state.ts';
import type { Replacement } from './variant.ts';

/** Without keys that have empty parts: 2026.7.35 no longer finds an agent in them. */
export const jsonListCasesFor735: fc.Arbitrary<Case> = jsonListCases.map((given) => ({
  ...given,
  state: mapRows(given.state, (row, key) => (/::|:$/.test(key) ? undefined : row)),
}));

/** What differs in how models are found, taken over into our source: all that follows from it has to be equal then. */
export const modelsOf735: readonly Replacement[] = [
  { file: 'core/model.ts', find: "    { plugin: 'openai', backend: 'codex-cli' },\n", put: '' },
  {
    file: 'core/model.ts',
    find: 'backendId: providerId,',
    put: 'backendId: (provider) => provider.trim().toLowerCase(),',
  },
];

/**
 * What the listing of OpenClaw 2026.7.35 does otherwise than that of 2026.5.12 for the same JSON store (docs/conformance.md,
 * later releases). Our program lists such a store as 2026.5.12 does; here its document is carried over, rule by rule, to
 * what 2026.7.35 has to print for the same state, and everything else must be equal.
 */
export function asListedBy735(ground: Ground): Ground {
  return {
    ...ground,
    runReference: async (given) => withoutFiles(await ground.runReference(given), ground, given),
    runOurs: async (program, given) => {
      const loaded = loadedBy735(given);
      const outcome = withoutFiles(await ground.runOurs(program, loaded), ground, loaded);
      const isChanged = JSON.stringify(loaded.state) !== JSON.stringify(given.state);
      const { stdout, adapted } = isListing(outcome)
        ? carryOver(outcome.stdout, loaded)
        : { stdout: outcome.stdout, adapted: [] };
      return {
        ...outcome,
        stdout,
        adapted: [...(isChanged ? ['rows of a wrong shape are dropped or mended'] : []), ...adapted],
      };
    },
    filesBefore: () => ({}),
  };
}

/** With a damaged store among others it ends with exit code 4 (V1). */
function isListing({ exitCode, stdout }: Outcome): boolean {
  return exitCode === 0 || (exitCode === 4 && /^ {2}"sessions": \[/m.test(stdout));
}

/** A listing changes nothing: what is left of the files is what it did change. */
function withoutFiles(outcome: Outcome, ground: Ground, given: Case): Outcome {
  const before = ground.filesBefore(given);
  const changed = Object.entries(outcome.files).filter(([name, content]) => before[name] !== content);
  return { ...outcome, files: Object.fromEntries(changed) };
}

/** Rows that are no objects or have a wrong session id are dropped, wrong times become 0. */
function loadedBy735(given: Case): Case {
  return {
    ...given,
    state: mapRows(given.state, (row) => {
      if (!isJsonObject(row)) return undefined;
      const { sessionId, updatedAt } = row;
      if ('sessionId' in row && !isSafeId(sessionId)) return undefined;
      return 'updatedAt' in row && !isTime(updatedAt) ? { ...row, updatedAt: 0 } : row;
    }),
  };
}

const isSafeId = (id: unknown): boolean => typeof id === 'string' && /^[A-Za-z0-9][A-Za-z0-9._:@-]*$/.test(id.trim());
const isTime = (time: unknown): boolean =>
  isAgo(time) ? time.asText !== true : typeof time === 'number' && Number.isFinite(time) && time >= 0;

function carryOver(stdout: string, given: Case): { readonly stdout: string; readonly adapted: readonly string[] } {
  const entries = given.state.stores.flatMap(rowsOf).flatMap(([key, row]) => (isJsonObject(row) ? [{ key, row }] : []));
  /** Two stores may have rows of one key: these have different sessions. */
  const entryOf = ({ key, sessionId }: JsonObject): JsonObject => {
    const named = entries.filter((each) => each.key === key);
    return (named.find(({ row }) => row['sessionId'] === sessionId) ?? named[0])?.row ?? {};
  };
  const adapted = new Set<string>();
  const document = parseMasked(stdout) as { sessions: JsonObject[] };
  const sessions = document.sessions.map((row) => carryRow(row, entryOf(row), adapted));
  return { stdout: writeMasked({ ...document, sessions }), adapted: [...adapted] };
}

function carryRow(row: JsonObject, entry: JsonObject, adapted: Set<string>): JsonObject {
  const members = Object.entries(row).flatMap(([name, value]): [string, unknown][] => {
    switch (name) {
      case 'sessionId':
        return [[name, typeof value === 'string' ? value.trim() : value]];
      case 'agentRuntime':
        if (row['modelProvider'] === 'openai-codex' && isImplicitCodex(value)) {
          adapted.add('no codex for openai-codex');
          return [
            ['acpRuntime', false],
            [name, { id: 'auto', source: 'implicit' }],
          ];
        }
        adapted.add('acpRuntime in every row');
        return [
          ['acpRuntime', false],
          [name, value],
        ];
      case 'kind':
        if (!entry['spawnedBy'] || (value !== 'direct' && value !== 'group')) return [[name, value]];
        adapted.add('kind spawn-child');
        return [[name, 'spawn-child']];
      default:
        return [[name, value]];
    }
  });
  const provider = row['modelProvider'];
  if (provider === 'codex-cli' || provider === 'anthropic-cli') adapted.add(`${provider} is no CLI backend`);
  const more = newFields.filter((name) => entry[name] !== undefined);
  if (more.length > 0) adapted.add('more fields of the entry');
  const at = members.findIndex(([name]) => !['key', 'updatedAt', 'ageMs', 'sessionId'].includes(name));
  members.splice(at, 0, ...more.map((name): [string, unknown] => [name, entry[name]]));
  const policyKey = policyKeyOf(row, entry);
  if (policyKey !== undefined) {
    adapted.add('runtimePolicySessionKey');
    members.push(['runtimePolicySessionKey', policyKey]);
  }
  return Object.fromEntries(members);
}

/** Of a direct chat whose policies are kept under another key: by its route as in 2026.9.6, else its own without blanks. */
function policyKeyOf({ key, agentId }: JsonObject, entry: JsonObject): string | undefined {
  const { chatType, origin, deliveryContext } = normalizeEntry(entry) as JsonObject;
  const delivery = { kind: 'external', origin, context: deliveryContext };
  const byRoute = policySessionKey(String(key), { chatType, delivery }, { agentId: String(agentId), config: {} });
  const own = String(key).trim();
  const isDirect = ((isJsonObject(origin) ? origin['chatType'] : undefined) ?? chatType) === 'direct';
  return byRoute ?? (isDirect && own !== '' && own !== key ? own : undefined);
}

/** Shown after the session id, in this order. */
const newFields = [
  'sessionFile',
  'spawnedBy',
  'spawnedWorkspaceDir',
  'spawnedCwd',
  'parentSessionKey',
  'forkedFromParent',
  'spawnDepth',
  'subagentRole',
  'subagentControlScope',
  'sessionStartedAt',
  'lastInteractionAt',
  'label',
  'status',
];

const isImplicitCodex = (runtime: unknown): boolean =>
  isJsonObject(runtime) && runtime['id'] === 'codex' && runtime['source'] === 'implicit';
