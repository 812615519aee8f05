import { type ArtifactsReport, removeArtifacts } from './artifacts.ts';
import { type ChosenRows, type Purpose, type RowAction, type RowChoice, sessionIdOf } from './choose.ts';
import { type DiskBudgetReport, enforceDiskBudget } from './disk-budget.ts';
import { expireArchives } from './expiry.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { CleanupPolicy } from './policy.ts';
import { createReferences, type References } from './references.ts';
import { archiveTranscripts, deleteSidecars, realNames } from './row-files.ts';
import type { CleanupSnapshot } from './snapshot.ts';
import type { FileStep, HeldBack } from './steps.ts';

/** What a cleanup will do, or would do, to one store and its folder. */
export interface CleanupPlan {
  readonly purpose: Purpose;
  readonly policy: CleanupPolicy;
  /** Milliseconds since epoch. */
  readonly nowMs: number;
  /** Every row of the store, in store order, with what happens to it. */
  readonly rows: readonly PlannedRow[];
  /** Unprotected rows that the cap has room for. */
  readonly room: number;
  /** Changes to files, in the order in which they are made. */
  readonly steps: readonly FileStep[];
  readonly heldBack: readonly HeldBack[];
  readonly artifacts: ArtifactsReport;
  /** Null without a budget. */
  readonly diskBudget: DiskBudgetReport | null;
}

export interface PlannedRow extends RowChoice {
  /** The row's last word: the disk budget is in it. */
  readonly action: RowAction;
}

export interface PlanInput {
  readonly snapshot: CleanupSnapshot;
  /** What `chooseRows` made of the snapshot's rows. */
  readonly chosen: ChosenRows;
  readonly policy: CleanupPolicy;
  readonly purpose: Purpose;
}

/**
 * Plans a cleanup from what is known, and looks at nothing else (OpenClaw 2026.5.12; docs/commands/cleanup.md, steps).
 *
 * The order is the reference's, and matters: archives are made and expire before the budget is measured; retired
 * direct-message rows are archived after it, so that under pressure their transcripts are deleted instead; artifacts come
 * last. A preview's numbers are the reference's too: it measures the folder with the files of removed rows still in it.
 */
export function planCleanup({ snapshot, chosen, policy, purpose }: PlanInput): CleanupPlan {
  const enforcing = purpose === 'preview' || policy.mode.value === 'enforce';
  const ledger = createLedger(snapshot, purpose === 'preview');
  const { owners } = chosen;
  const kept = chosen.choices.filter(({ action }) => action === 'keep').map(({ row }) => row);
  const references = createReferences(kept.concat(snapshot.otherRows));
  holdBackRows(chosen, policy, ledger);

  if (enforcing) {
    owners.early.forEach((row) => {
      archiveTranscripts(row, snapshot.folder, references, ledger);
      deleteSidecars(row, snapshot.folder, references, ledger);
    });
    expireArchives(snapshot, policy, references, ledger);
  }
  const budget = planBudget({ snapshot, chosen, policy, purpose, enforcing, references, ledger });
  // Of a session that was deleted by its key nothing else goes either: the Gateway of 2026.5.12 leaves the trajectory.
  for (const row of owners.late) archiveTranscripts(row, snapshot.folder, references, ledger);
  const artifacts = enforcing
    ? removeArtifacts({
        snapshot,
        references,
        ledger,
        olderThanMs: policy.pruneAfterMs.value,
        preview: purpose === 'preview' ? { rowFilesAmong: (files) => rowFilesAmong(files, chosen) } : undefined,
      })
    : { scannedFiles: 0, removedFiles: 0, freedBytes: 0, olderThanMs: policy.pruneAfterMs.value };

  const evicted = new Set(budget?.evicted);
  return {
    purpose,
    policy,
    nowMs: snapshot.nowMs,
    rows:
      evicted.size === 0
        ? chosen.choices
        : chosen.choices.map((each) => (evicted.has(each.row) ? { ...each, action: 'evict-budget' } : each)),
    room: chosen.room,
    steps: ledger.steps,
    heldBack: ledger.heldBack,
    artifacts,
    diskBudget: budget?.report ?? null,
  };
}

function holdBackRows({ choices }: ChosenRows, policy: CleanupPolicy, ledger: Ledger): void {
  const unseen = choices.filter(({ row, action }) => action === 'keep' && row.files.exists === 'unknown');
  for (const { row, heldBack } of policy.fixMissing ? unseen : []) {
    const { path } = row.files;
    if (heldBack !== undefined || path === undefined || sessionIdOf(row.entry) === undefined) continue;
    ledger.holdBack({ kind: 'row', key: row.key, action: 'prune-missing', guard: { code: 'unseen', path } });
  }
  for (const { row, heldBack } of choices.filter((choice) => choice.heldBack !== undefined)) {
    const { lock } = row.files;
    if (heldBack !== undefined && lock !== undefined) {
      ledger.holdBack({ kind: 'row', key: row.key, action: heldBack, guard: { code: 'in-use', lock } });
    }
  }
}

function planBudget({
  snapshot,
  chosen,
  policy,
  purpose,
  enforcing,
  references,
  ledger,
}: PlanInput & {
  readonly enforcing: boolean;
  readonly references: References;
  readonly ledger: Ledger;
}): ReturnType<typeof enforceDiskBudget> | undefined {
  const maxBytes = policy.maxDiskBytes.value;
  if (maxBytes === null) return undefined;
  return enforceDiskBudget({
    store: snapshot.store,
    purpose,
    choices: chosen.choices.filter(({ action }) => action === 'keep'),
    references,
    ledger,
    maxBytes,
    highWaterBytes: policy.highWaterBytes.value ?? maxBytes,
    enforcing,
  });
}

/**
 * Of these files what a preview does not count as unreferenced: the transcripts and sidecars, by the names that their
 * entries give, of the rows that it takes away before the budget, but for those without a transcript or a session id.
 */
function rowFilesAmong(files: readonly string[], { choices }: ChosenRows): ReadonlySet<string> {
  const asked = new Set(files);
  const gone: readonly RowAction[] = ['retire-dm-scope', 'prune-stale', 'cap-overflow'];
  const rows = choices.filter(
    ({ row, action }) => row.files.own.some((file) => asked.has(file)) && gone.includes(action),
  );
  return new Set(rows.flatMap(({ row }) => realNames(row)));
}
