import { toNumber } from '../json.ts';
import type { RowAction } from './choose.ts';
import { sessionIdOf, updatedAtOf } from './choose.ts';
import type { CleanupPlan, PlannedRow } from './plan.ts';
import type { Protection } from './protection.ts';
import type { HeldBack } from './steps.ts';

/** Why a row goes or stays: one code with its numbers. */
export type Reason =
  | { readonly code: 'missing'; readonly path: string }
  | { readonly code: 'dm-scope' }
  | { readonly code: 'asked' }
  | { readonly code: 'stale'; readonly ageMs: number; readonly limitMs: number }
  | { readonly code: 'over-cap'; readonly rank: number; readonly room: number; readonly maxEntries: number }
  | { readonly code: 'over-budget'; readonly totalBytes: number; readonly maxBytes: number }
  | { readonly code: 'in-use'; readonly step: RowAction; readonly pid: number | undefined }
  | { readonly code: 'young'; readonly step: RowAction; readonly ageMs: number }
  | { readonly code: Protection }
  | { readonly code: 'newest'; readonly rank: number; readonly room: number }
  | { readonly code: 'not-enforced' };

/** Why a step let a row pass. */
export type Pass =
  | { readonly step: 'missing'; readonly code: 'transcript-exists' | 'transcript-unseen'; readonly path: string }
  | { readonly step: 'missing'; readonly code: 'not-asked' | 'no-session-id' | 'no-transcript-path' }
  | { readonly step: 'dm-scope'; readonly code: 'not-asked' | 'other-key' }
  | { readonly step: 'stale'; readonly code: 'recent'; readonly ageMs: number; readonly limitMs: number }
  | { readonly step: 'stale'; readonly code: 'no-time' | 'warn-mode' }
  | { readonly step: 'cap'; readonly code: 'within'; readonly rank: number; readonly room: number }
  | { readonly step: 'cap'; readonly code: 'warn-mode' }
  | { readonly step: 'budget'; readonly code: 'no-budget' | 'within' | 'reached' | 'warn-mode' };

/** A row of the explanation. */
export interface ExplainedRow {
  readonly key: string;
  readonly action: RowAction;
  readonly reason: Reason;
  /** The steps that a kept, unprotected row passed, in order; empty for the others. */
  readonly passed: readonly Pass[];
}

/** Explains every row of a plan, in store order. */
export function explainRows(plan: CleanupPlan): readonly ExplainedRow[] {
  const heldRows = new Map(plan.heldBack.flatMap((held) => (held.kind === 'row' ? [[held.key, held]] : [])));
  return plan.rows.map((planned) => {
    const { key } = planned.row;
    const reason = reasonOf(planned, heldRows.get(key), plan);
    const isPassed = planned.action === 'keep' && (reason.code === 'newest' || reason.code === 'not-enforced');
    return { key, action: planned.action, reason, passed: isPassed ? passesOf(planned, plan) : [] };
  });
}

type HeldRow = Extract<HeldBack, { kind: 'row' }>;

function reasonOf(planned: PlannedRow, held: HeldRow | undefined, plan: CleanupPlan): Reason {
  const { row, protection, rank = 0 } = planned;
  const { policy, room } = plan;
  switch (planned.action) {
    case 'prune-missing':
      return { code: 'missing', path: row.files.path ?? '' };
    case 'delete':
      return { code: 'asked' };
    case 'retire-dm-scope':
      return { code: 'dm-scope' };
    case 'prune-stale':
      return { code: 'stale', ageMs: ageMs(planned, plan), limitMs: policy.pruneAfterMs.value };
    case 'cap-overflow':
      return { code: 'over-cap', rank, room, maxEntries: policy.maxEntries.value };
    case 'evict-budget': {
      const { totalBytesBefore: totalBytes = 0, maxBytes = 0 } = plan.diskBudget ?? {};
      return { code: 'over-budget', totalBytes, maxBytes };
    }
    case 'keep':
      if (held?.guard.code === 'in-use') return { code: 'in-use', step: held.action, pid: held.guard.lock.pid };
      if (held?.guard.code === 'young') return { code: 'young', step: held.action, ageMs: held.guard.ageMs };
      if (protection !== undefined) return { code: protection };
      return planned.rank === undefined ? { code: 'not-enforced' } : { code: 'newest', rank, room };
  }
}

function passesOf(planned: PlannedRow, plan: CleanupPlan): readonly Pass[] {
  return [
    passOfMissing(planned, plan),
    passOfDmScope(plan),
    passOfStale(planned, plan),
    passOfCap(planned, plan),
    passOfBudget(plan),
  ];
}

function passOfMissing({ row }: PlannedRow, { policy }: CleanupPlan): Pass {
  const step = 'missing';
  if (!policy.fixMissing) return { step, code: 'not-asked' };
  if (sessionIdOf(row.entry) === undefined) return { step, code: 'no-session-id' };
  if (row.files.path === undefined) return { step, code: 'no-transcript-path' };
  const code = row.files.exists === 'unknown' ? 'transcript-unseen' : 'transcript-exists';
  return { step, code, path: row.files.path };
}

function passOfDmScope({ policy }: CleanupPlan): Pass {
  return { step: 'dm-scope', code: policy.fixDmScope ? 'other-key' : 'not-asked' };
}

function passOfStale(planned: PlannedRow, plan: CleanupPlan): Pass {
  const step = 'stale';
  if (!isEnforcing(plan)) return { step, code: 'warn-mode' };
  const age = ageMs(planned, plan);
  return Number.isNaN(age)
    ? { step, code: 'no-time' }
    : { step, code: 'recent', ageMs: age, limitMs: plan.policy.pruneAfterMs.value };
}

function passOfCap({ rank }: PlannedRow, { room }: CleanupPlan): Pass {
  return rank === undefined ? { step: 'cap', code: 'warn-mode' } : { step: 'cap', code: 'within', rank, room };
}

function passOfBudget(plan: CleanupPlan): Pass {
  const step = 'budget';
  const { diskBudget } = plan;
  if (diskBudget === null) return { step, code: 'no-budget' };
  if (!diskBudget.overBudget) return { step, code: 'within' };
  return { step, code: isEnforcing(plan) ? 'reached' : 'warn-mode' };
}

function isEnforcing({ purpose, policy }: CleanupPlan): boolean {
  return purpose === 'preview' || policy.mode.value === 'enforce';
}

/** NaN without a usable time. */
function ageMs({ row }: PlannedRow, { nowMs }: CleanupPlan): number {
  const updatedAt = updatedAtOf(row.entry);
  return updatedAt == null ? NaN : nowMs - toNumber(updatedAt);
}
