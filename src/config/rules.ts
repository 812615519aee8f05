import { isJsonObject } from '../core/json.ts';

/**
 * The small language that `schema.ts` is written in: what a config value may be, and in which words OpenClaw 2026.5.12
 * complains when it is not. By hand, because this is on the way of every listing.
 */
export interface Rule {
  readonly required?: true;
  check(value: unknown, path: readonly string[], context: RuleContext): void;
}

export interface RuleContext {
  readonly report: (issue: RuleIssue) => void;
  /** False to let keys pass that the schema does not know. */
  readonly refuseUnknownKeys: boolean;
}

export interface RuleIssue {
  readonly path: readonly string[];
  readonly message: string;
  /** The type was right and only a bound was missed: checks that build on the type still run. */
  readonly isBound?: true;
}

export const anything: Rule = { check: () => undefined };

export const text: Rule = ofType('string', (value) => typeof value === 'string');

export const flag: Rule = ofType('boolean', (value) => typeof value === 'boolean', ' (allowed: true, false)');

/** A string that is not empty. */
export const filledText: Rule = {
  check(value, path, context) {
    text.check(value, path, context);
    if (value === '') {
      context.report({ path, message: 'Too small: expected string to have >=1 characters', isBound: true });
    }
  },
};

export interface NumberBounds {
  readonly int?: true;
  readonly above?: number;
  readonly min?: number;
  readonly max?: number;
}

export function number({ int, above, min, max }: NumberBounds = {}): Rule {
  const isNumber = ofType('number', Number.isFinite);
  return {
    check(value, path, context) {
      const bound = (message: string): void => {
        context.report({ path, message, isBound: true });
      };
      isNumber.check(value, path, context);
      if (typeof value !== 'number' || !Number.isFinite(value)) return;
      if (int === true) {
        if (!Number.isInteger(value)) {
          context.report({ path, message: 'Invalid input: expected int, received number' });
          return;
        }
        if (value > Number.MAX_SAFE_INTEGER) bound(`Too big: expected int to be <=${Number.MAX_SAFE_INTEGER}`);
        if (value < Number.MIN_SAFE_INTEGER) bound(`Too small: expected int to be >=${Number.MIN_SAFE_INTEGER}`);
      }
      if (above !== undefined && value <= above) bound(`Too small: expected number to be >${above}`);
      if (min !== undefined && value < min) bound(`Too small: expected number to be >=${min}`);
      if (max !== undefined && value > max) bound(`Too big: expected number to be <=${max}`);
    },
  };
}

export const positive: Rule = number({ above: 0 });

export const positiveInt: Rule = number({ int: true, above: 0 });

/** One of these strings. The reference words the same complaint in two ways, depending on the key: see `optionOf`. */
export function oneOf(...allowed: readonly string[]): Rule {
  const [only] = allowed.map((value) => `"${value}"`);
  const expected = allowed.length === 1 ? `: expected ${only ?? ''}` : '';
  return choice(allowed, `Invalid input${expected} (allowed: ${allowed.map((value) => `"${value}"`).join(', ')})`);
}

export function optionOf(...allowed: readonly string[]): Rule {
  return choice(allowed, `Invalid option: expected one of ${allowed.map((value) => `"${value}"`).join('|')}`);
}

function choice(allowed: readonly unknown[], message: string): Rule {
  return {
    check(value, path, context) {
      if (!allowed.includes(value)) context.report({ path, message });
    },
  };
}

/** A rule that is made when there is something to check by it. */
export function onDemand(make: () => Rule): Rule {
  let made: Rule | undefined;
  return {
    check(value, path, context) {
      made ??= make();
      made.check(value, path, context);
    },
  };
}

/** The value of a key that may not be absent. */
export function required(rule: Rule): Rule {
  return { ...rule, required: true };
}

export function listOf(rule: Rule): Rule {
  const isList = ofType('array', Array.isArray);
  return {
    check(value, path, context) {
      isList.check(value, path, context);
      if (!Array.isArray(value)) return;
      for (const [index, item] of value.entries()) rule.check(item, [...path, String(index)], context);
    },
  };
}

export const list: Rule = listOf(anything);

/** An object with keys of the user's choice. */
export function mapOf(rule: Rule): Rule {
  const isMap = ofType('record', isJsonObject);
  return {
    check(value, path, context) {
      isMap.check(value, path, context);
      if (!isJsonObject(value)) return;
      for (const [key, item] of Object.entries(value)) rule.check(item, [...path, key], context);
    },
  };
}

export const map: Rule = mapOf(anything);

export type Keys = Readonly<Record<string, Rule>>;

/** An object with these keys; any others are unknown to the reference and refused, in one line after all the rest. */
export function strict(keys: Keys): Rule {
  return objectWith(keys, (_value, unknown, path, context) => {
    if (unknown.length === 0 || !context.refuseUnknownKeys) return;
    const names = unknown.map((key) => `"${key}"`).join(', ');
    context.report({ path, message: `Unrecognized key${unknown.length === 1 ? '' : 's'}: ${names}` });
  });
}

/** An object with these keys, if present; what else it holds follows one rule, or none: we do not know its schema. */
export function open(keys: Keys = {}, others: Rule = anything): Rule {
  return objectWith(keys, (value, unknown, path, context) => {
    for (const key of unknown) others.check(value[key], [...path, key], context);
  });
}

type CheckOthers = (
  value: Readonly<Record<string, unknown>>,
  unknown: readonly string[],
  path: readonly string[],
  context: RuleContext,
) => void;

function objectWith(keys: Keys, checkOthers: CheckOthers): Rule {
  const isObject = ofType('object', isJsonObject);
  return {
    check(value, path, context) {
      isObject.check(value, path, context);
      if (!isJsonObject(value)) return;
      for (const [key, rule] of Object.entries(keys)) {
        if (Object.hasOwn(value, key)) rule.check(value[key], [...path, key], context);
        else if (rule.required) rule.check(undefined, [...path, key], context);
      }
      // The reference loses a key named __proto__ on reading, so it never complains about one.
      const unknown = Object.keys(value).filter((key) => !Object.hasOwn(keys, key) && key !== '__proto__');
      checkOthers(value, unknown, path, context);
    },
  };
}

/**
 * A value that follows one of these rules. When it follows none, only the reading whose types were right is worth
 * showing: its missed bounds are reported, and otherwise just that the value is wrong.
 */
export function either(...rules: readonly Rule[]): Rule {
  return {
    check(value, path, context) {
      const readings = rules.map((rule) => issuesOf(rule, value, path, context));
      if (readings.some((issues) => issues.length === 0)) return;
      const [missed, ...more] = readings.filter((issues) => issues.every(({ isBound }) => isBound));
      if (missed === undefined || more.length > 0) context.report({ path, message: 'Invalid input' });
      else missed.forEach(context.report);
    },
  };
}

/** A rule with a further check that needs the right types, and runs only when they are. */
export function refined(rule: Rule, refine: Rule['check']): Rule {
  return {
    check(value, path, context) {
      const issues = issuesOf(rule, value, path, context);
      issues.forEach(context.report);
      if (issues.every(({ isBound }) => isBound)) refine(value, path, context);
    },
  };
}

function issuesOf(rule: Rule, value: unknown, path: readonly string[], context: RuleContext): readonly RuleIssue[] {
  const issues: RuleIssue[] = [];
  rule.check(value, path, { ...context, report: (issue) => issues.push(issue) });
  return issues;
}

function ofType(expected: string, isRight: (value: unknown) => boolean, suffix = ''): Rule {
  return {
    check(value, path, context) {
      if (isRight(value)) return;
      context.report({ path, message: `Invalid input: expected ${expected}, received ${typeName(value)}${suffix}` });
    },
  };
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isNaN(value) ? 'NaN' : typeof value;
}
