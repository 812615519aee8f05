import type { ExplainedRow, Pass, Reason } from '../core/cleanup/explain.ts';
import type { CleanupPolicy, Setting } from '../core/cleanup/policy.ts';
import type { FileStep, Guard, HeldBack } from '../core/cleanup/steps.ts';
import { formatDuration } from '../core/duration-text.ts';

/** Why a row goes or stays, in a few words with the numbers: `stale: 41d > 30d`, `kept: group conversation`. */
export function reasonText({ reason, passed }: Pick<ExplainedRow, 'reason' | 'passed'>): string {
  const passes = passed.map(passText).filter((text) => text !== '');
  return passes.length === 0 ? describe(reason) : `${describe(reason)} (${passes.join('; ')})`;
}

function describe(reason: Reason): string {
  switch (reason.code) {
    case 'missing':
      return `missing: ${reason.path}`;
    case 'dm-scope':
      return 'retired: direct messages share one session';
    case 'asked':
      return 'asked for';
    case 'stale': {
      const [age, limit] = formatApart(reason.ageMs, reason.limitMs);
      return `stale: ${age} > ${limit}`;
    }
    case 'over-cap':
      return `over the cap: number ${reason.rank}, room for ${reason.room} of ${reason.maxEntries}`;
    case 'over-budget':
      return `over the disk budget: ${reason.totalBytes} > ${reason.maxBytes} bytes`;
    case 'in-use':
      return `kept: transcript in use by ${processText(reason.pid)}, else ${reason.step}`;
    case 'young':
      return `kept: files changed ${formatDuration(reason.ageMs)} ago, else ${reason.step}`;
    case 'newest':
      return `kept: newest ${reason.room}`;
    case 'not-enforced':
      return 'kept: mode warn';
    default:
      return `kept: ${protectionTexts[reason.code]}`;
  }
}

const protectionTexts = {
  'active-key': 'active key',
  thread: 'thread',
  topic: 'topic conversation',
  'group-conversation': 'group conversation',
  'group-chat': 'group chat type',
} as const;

/** What a step said to a row it let pass; empty for a step that nobody asked for. */
function passText(pass: Pass): string {
  switch (pass.code) {
    case 'not-asked':
    case 'no-budget':
    case 'warn-mode':
      return '';
    case 'transcript-exists':
      return 'transcript exists';
    case 'transcript-unseen':
      return 'transcript may not be looked at';
    case 'no-session-id':
      return 'names no session';
    case 'no-transcript-path':
      return 'its session id may not name a file';
    case 'other-key':
      return 'no direct-message key of one peer';
    case 'recent': {
      const [age, limit] = formatApart(pass.ageMs, pass.limitMs);
      return pass.ageMs < 0 ? 'age: in the future' : `age: ${age} <= ${limit}`;
    }
    case 'no-time':
      return 'age: unknown';
    case 'within':
      return pass.step === 'cap' ? `cap: number ${pass.rank} of ${pass.room}` : 'folder within its budget';
    case 'reached':
      return 'budget reached without it';
  }
}

/** Two durations, written so that they differ when they do. */
function formatApart(a: number, b: number): readonly [string, string] {
  const short = [formatDuration(a), formatDuration(b)] as const;
  return short[0] !== short[1] || a === b ? short : [formatDuration(a, 4), formatDuration(b, 4)];
}

/** The policy, one line for each value and where it comes from. */
export function policyLines(policy: CleanupPolicy): readonly string[] {
  const line = <Value>(name: string, { value, origin }: Setting<Value>, text: (value: Value) => string): string =>
    `  ${name.padEnd(22)} ${text(value).padEnd(12)} (${origin})`;
  const bytes = (value: number | null): string => (value === null ? 'none' : `${value} bytes`);
  return [
    'Policy:',
    line('mode', policy.mode, String),
    line('pruneAfter', policy.pruneAfterMs, (value) => formatDuration(value)),
    line('maxEntries', policy.maxEntries, String),
    line('resetArchiveRetention', policy.resetArchiveRetentionMs, (value) =>
      value === null ? 'for ever' : formatDuration(value),
    ),
    line('maxDiskBytes', policy.maxDiskBytes, bytes),
    line('highWaterBytes', policy.highWaterBytes, bytes),
  ];
}

/** A change to a file: `archive a.jsonl -> a.jsonl.deleted... (row-removed, agent:main:x)`. */
export function stepLine({ effect, file, archive, why, key }: FileStep): string {
  const to = archive === undefined ? '' : ` -> ${archive}`;
  return `${effect} ${file}${to} (${key === undefined ? why : `${why}, ${key}`})`;
}

/** What a guard held back, as a line for people. */
export function heldBackLine(held: HeldBack, isDryRun: boolean): string {
  if (held.kind === 'row') {
    return `${isDryRun ? 'Would keep' : 'Kept'} ${held.key}: ${guardText(held.guard)} (else ${held.action})`;
  }
  return `${isDryRun ? 'Would leave' : 'Left'} ${held.file}: ${guardText(held.guard)} (else ${held.why})`;
}

function guardText(guard: Guard): string {
  switch (guard.code) {
    case 'in-use':
      return `in use by ${processText(guard.lock.pid)}`;
    case 'unseen':
      return `its transcript may not be looked at: ${guard.path}`;
    case 'young':
      return guard.ageMs < 0 ? 'its time lies in the future' : `changed ${formatDuration(guard.ageMs)} ago`;
    case 'named':
      return 'another row names it';
    case 'topic':
      return 'topic transcript of a session that stays';
  }
}

const processText = (pid: number | undefined): string => (pid === undefined ? 'another process' : `process ${pid}`);
