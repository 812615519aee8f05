import type { ArtifactsReport } from './artifacts.ts';
import type { RowAction } from './choose.ts';
import type { DiskBudgetReport } from './disk-budget.ts';
import type { CleanupPlan } from './plan.ts';
import type { CleanupMode } from './policy.ts';
import type { FileStep, StepReason } from './steps.ts';

/** The report on one store; keys and their order as in the JSON of OpenClaw 2026.5.12. */
export interface CleanupSummary {
  readonly agentId: string;
  readonly storePath: string;
  readonly mode: CleanupMode;
  readonly dryRun: boolean;
  /** Dry run: entries in the store. Applied: entries after the missing and dm-scope steps. */
  readonly beforeCount: number;
  readonly afterCount: number;
  readonly missing: number;
  readonly dmScopeRetired: number;
  readonly pruned: number;
  readonly capped: number;
  readonly unreferencedArtifacts: ArtifactsReport;
  readonly diskBudget: DiskBudgetReport | null;
  readonly wouldMutate: boolean;
  readonly applied?: true;
  /** Entries in the store when it was read again. */
  readonly appliedCount?: number;
}

/** What carrying a plan out came to. */
export interface AppliedFacts {
  readonly appliedCount: number;
  /** Steps of the plan that were not done, for whatever reason. */
  readonly undone: readonly FileStep[];
}

/** Reports a plan; with `applied` as one that was carried out, less what was not done of it. */
export function summarizeCleanup(
  { agentId, path }: { readonly agentId: string; readonly path: string },
  plan: CleanupPlan,
  applied?: AppliedFacts,
): CleanupSummary {
  const counts = new Map<RowAction, number>();
  plan.rows.forEach(({ action }) => counts.set(action, (counts.get(action) ?? 0) + 1));
  const count = (action: RowAction): number => counts.get(action) ?? 0;
  const missing = count('prune-missing');
  const dmScopeRetired = count('retire-dm-scope');
  const pruned = count('prune-stale');
  const capped = count('cap-overflow');
  const artifacts = lessUndone(plan.artifacts, applied?.undone, 'unreferenced');
  const diskBudget = plan.diskBudget === null ? null : lessUndoneBudget(plan.diskBudget, applied?.undone);
  const isPreview = plan.purpose === 'preview';
  return {
    agentId,
    storePath: path,
    mode: plan.policy.mode.value,
    dryRun: isPreview,
    beforeCount: plan.rows.length - (isPreview ? 0 : missing + dmScopeRetired),
    afterCount: count('keep'),
    missing,
    dmScopeRetired,
    pruned,
    capped,
    unreferencedArtifacts: artifacts,
    diskBudget,
    wouldMutate:
      missing + dmScopeRetired + pruned + capped + artifacts.removedFiles > 0 ||
      (diskBudget !== null && diskBudget.removedFiles + diskBudget.removedEntries > 0),
    ...(applied === undefined ? {} : { applied: true, appliedCount: applied.appliedCount }),
  };
}

interface FileCounts {
  readonly removedFiles: number;
  readonly freedBytes: number;
}

function lessUndone<Counts extends FileCounts>(
  counts: Counts,
  undone: readonly FileStep[] = [],
  why: StepReason,
): Counts {
  const missed = undone.filter((step) => step.why === why && (step.facts?.bytes ?? 0) > 0);
  if (missed.length === 0) return counts;
  const missedBytes = missed.reduce((sum, { facts }) => sum + (facts?.bytes ?? 0), 0);
  return {
    ...counts,
    removedFiles: counts.removedFiles - missed.length,
    freedBytes: counts.freedBytes - missedBytes,
  };
}

function lessUndoneBudget(report: DiskBudgetReport, undone?: readonly FileStep[]): DiskBudgetReport {
  const less = lessUndone(report, undone, 'disk-budget');
  return { ...less, totalBytesAfter: less.totalBytesAfter + (report.freedBytes - less.freedBytes) };
}
