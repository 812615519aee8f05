import { normalizeAgentId } from '../agent-id.ts';
import { isJsonObject, toNumber } from '../json.ts';
import { parseAgentKey } from '../session-key.ts';
import { type CleanupPolicy, comparableKey } from './policy.ts';
import { type Protection, protectionOf } from './protection.ts';
import { chooseFileOwners, type FileOwners } from './row-files.ts';
import type { CleanupRow } from './snapshot.ts';

/** What happens to a row, in the words of the report; `delete` for one that was asked for by its key. */
export type RowAction =
  'keep' | 'delete' | 'retire-dm-scope' | 'prune-missing' | 'prune-stale' | 'cap-overflow' | 'evict-budget';

/**
 * A preview shows what enforcing would do, whatever the mode; an applied run follows the mode, and with `warn` removes
 * only what `--fix-missing` and `--fix-dm-scope` ask for.
 */
export type Purpose = 'preview' | 'apply';

/** What the steps that need no file sizes make of a row: all but the disk budget. */
export interface RowChoice {
  readonly row: CleanupRow;
  readonly action: RowAction;
  /** The step that would have removed the row, were its transcript not in use (V16). */
  readonly heldBack: RowAction | undefined;
  readonly protection: Protection | undefined;
  /** Place among the unprotected rows, newest first, from 1; undefined when the row did not come so far. */
  readonly rank: number | undefined;
}

export interface ChosenRows {
  /** All rows, in store order. */
  readonly choices: readonly RowChoice[];
  /** Unprotected rows that the cap has room for. */
  readonly room: number;
  readonly owners: FileOwners;
}

export interface ChooseInput {
  readonly rows: readonly CleanupRow[];
  readonly policy: CleanupPolicy;
  readonly purpose: Purpose;
  /** The agent the store belongs to. */
  readonly agentId: string;
  readonly nowMs: number;
}

/**
 * Decides about every row but for the disk budget (OpenClaw 2026.5.12; docs/commands/cleanup.md, steps): missing
 * transcripts, retired direct-message rows, stale rows, rows over the cap, in this order. A row leaves at the first step
 * that removes it, and counts for no later one.
 *
 * A row that a step would remove while the runtime holds its transcript stays; no other row goes in its stead.
 */
export function chooseRows(input: ChooseInput): ChosenRows {
  const { rows, policy, purpose, nowMs } = input;
  const drafts = rows.map((row): Draft => {
    const protection = protectionOf(row.key, row.entry, policy.activeKey);
    return { row, action: 'keep', heldBack: undefined, protection, rank: undefined };
  });
  const step = (action: RowAction, isMeant: (draft: Draft) => boolean): void => {
    drafts.forEach((draft) => {
      if (draft.action === 'keep' && isMeant(draft)) draft.action = action;
    });
  };
  let room = policy.maxEntries.value;

  if (policy.fixMissing) step('prune-missing', ({ row }) => isMissing(row));
  if (policy.fixDmScope) step('retire-dm-scope', ({ row }) => isRetired(row, input));
  if (purpose === 'preview' || policy.mode.value === 'enforce') {
    const cutoffMs = nowMs - policy.pruneAfterMs.value;
    step('prune-stale', ({ row, protection }) => protection === undefined && isStale(row, cutoffMs));
    const left = drafts.filter(({ action }) => action === 'keep');
    const unprotected = left.filter(({ protection }) => protection === undefined);
    room = Math.max(0, policy.maxEntries.value - (left.length - unprotected.length));
    rankNewestFirst(unprotected);
    step('cap-overflow', ({ rank = 0 }) => rank > room);
  }
  drafts.filter(({ row }) => row.files.lock !== undefined).forEach(holdBack);
  return { choices: drafts, room, owners: chooseFileOwners(drafts) };
}

/** A choice while the steps look at its row. */
type Draft = { -readonly [Field in keyof RowChoice]: RowChoice[Field] };

function holdBack(draft: Draft): void {
  if (draft.action === 'keep') return;
  draft.heldBack = draft.action;
  draft.action = 'keep';
}

/** The session id that names transcripts; undefined when absent, empty or no text. */
export function sessionIdOf(entry: unknown): string | undefined {
  const sessionId = isJsonObject(entry) ? entry['sessionId'] : undefined;
  return typeof sessionId === 'string' && sessionId !== '' ? sessionId : undefined;
}

/** The stored time of the last activity, of whatever type. */
export function updatedAtOf(entry: unknown): unknown {
  return isJsonObject(entry) ? entry['updatedAt'] : undefined;
}

/**
 * A row whose transcript is named and not there. Group rows and the active key too: there is nothing to protect. A row
 * that names no session, or one that may not name a file, is kept (V7).
 */
function isMissing({ entry, files }: CleanupRow): boolean {
  return sessionIdOf(entry) !== undefined && files.path !== undefined && files.exists === false;
}

/**
 * A row of one direct-message peer, from a time when each had a session of its own: `direct:X`, `X:direct:Y` or
 * `X:Y:direct:Z` of the store's own agent.
 */
function isRetired({ key }: CleanupRow, { policy, agentId }: ChooseInput): boolean {
  const agentKey = parseAgentKey(key);
  if (agentKey === undefined || normalizeAgentId(agentKey.agentId) !== agentId) return false;
  if (policy.activeKey !== undefined && comparableKey(key) === policy.activeKey) return false;
  const parts = agentKey.rest.split(':');
  return parts.length >= 2 && parts.length <= 4 && parts.at(-2) === 'direct';
}

/** A time before the cutoff. Absent and null are never stale; text counts as its number, or not at all. */
function isStale({ entry }: CleanupRow, cutoffMs: number): boolean {
  const updatedAt = updatedAtOf(entry);
  return updatedAt != null && toNumber(updatedAt) < cutoffMs;
}

/** Ties keep store order, so of two equal rows the later one is over the cap first. */
function rankNewestFirst(drafts: readonly Draft[]): void {
  const timed = drafts.map((draft) => ({ draft, time: capTime(updatedAtOf(draft.row.entry)) }));
  timed.sort((a, b) => (a.time === b.time ? 0 : b.time - a.time));
  timed.forEach(({ draft }, index) => {
    draft.rank = index + 1;
  });
}

/** Absent is older than any time. */
function capTime(updatedAt: unknown): number {
  const time = updatedAt == null ? -Infinity : toNumber(updatedAt);
  return Number.isNaN(time) ? -Infinity : time;
}
