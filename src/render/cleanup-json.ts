import type { CleanupSummary } from '../core/cleanup/report.ts';
import type { StoreReport } from '../core/cleanup/store-report.ts';
import { reasonText } from './cleanup-reasons.ts';

/**
 * The JSON document of a cleanup: OpenClaw 2026.5.12 to the byte, keys in this order. One store is an object, several
 * are wrapped. `policy`, `rows`, `files` and `heldBack` are ours and exist only with `--explain`.
 */
export function renderCleanupJson(stores: readonly StoreReport[]): string {
  const [first, ...others] = stores.map(storeDocument);
  if (first === undefined || others.length === 0) return `${JSON.stringify(first ?? {}, null, 2)}\n`;
  const { mode, dryRun } = first;
  return `${JSON.stringify({ allAgents: true, mode, dryRun, stores: [first, ...others] }, null, 2)}\n`;
}

function storeDocument({ summary, explanation }: StoreReport): Pick<CleanupSummary, 'mode' | 'dryRun'> {
  const { unreferencedArtifacts: artifacts, diskBudget: budget } = summary;
  return {
    agentId: summary.agentId,
    storePath: summary.storePath,
    mode: summary.mode,
    dryRun: summary.dryRun,
    beforeCount: summary.beforeCount,
    afterCount: summary.afterCount,
    missing: summary.missing,
    dmScopeRetired: summary.dmScopeRetired,
    pruned: summary.pruned,
    capped: summary.capped,
    unreferencedArtifacts: {
      scannedFiles: artifacts.scannedFiles,
      removedFiles: artifacts.removedFiles,
      freedBytes: artifacts.freedBytes,
      olderThanMs: artifacts.olderThanMs,
    },
    diskBudget: budget && {
      totalBytesBefore: budget.totalBytesBefore,
      totalBytesAfter: budget.totalBytesAfter,
      removedFiles: budget.removedFiles,
      removedEntries: budget.removedEntries,
      freedBytes: budget.freedBytes,
      maxBytes: budget.maxBytes,
      highWaterBytes: budget.highWaterBytes,
      overBudget: budget.overBudget,
    },
    wouldMutate: summary.wouldMutate,
    ...(summary.applied === undefined ? {} : { applied: summary.applied, appliedCount: summary.appliedCount }),
    ...(explanation === undefined
      ? {}
      : {
          policy: explanation.policy,
          rows: explanation.rows.map((row) => ({
            key: row.key,
            action: row.action,
            why: reasonText(row),
            reason: row.reason,
            passed: row.passed,
          })),
          files: explanation.files.map(({ effect, file, archive, why, key }) => ({ effect, file, archive, why, key })),
          heldBack: explanation.heldBack,
        }),
  } as Pick<CleanupSummary, 'mode' | 'dryRun'>;
}
