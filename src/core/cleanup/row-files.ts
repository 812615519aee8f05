import path from 'node:path';
import { isJsonObject, nonBlank } from '../json.ts';
import { isSidecarName, sidecarNames } from '../transcript-names.ts';
import { type RowAction, type RowChoice, sessionIdOf } from './choose.ts';
import type { Ledger } from './ledger.ts';
import type { References } from './references.ts';
import type { CleanupRow, FolderFacts } from './snapshot.ts';
import type { StepReason } from './steps.ts';

/** The rows whose files go: one for each stored session id of the rows that go for the same reason. */
export interface FileOwners {
  /** Of stale and capped rows; their files go before the budget is measured. */
  readonly early: readonly CleanupRow[];
  /** Of retired rows, and rows deleted by their key; their files go after it. */
  readonly late: readonly CleanupRow[];
}

/**
 * Chooses as OpenClaw 2026.5.12 does. Two removed rows of one session that name different files lose one of them only; the
 * other becomes an unreferenced file.
 *
 * - Early: stale rows in store order, then capped ones, newest first; the last that names a file counts, else the first.
 *   Rows without a session id share one place.
 * - Late: the last row, whether it names a file or not. Rows without a session id keep their files.
 */
export function chooseFileOwners(choices: readonly RowChoice[]): FileOwners {
  const chosenFor = (action: RowAction): RowChoice[] => choices.filter((choice) => choice.action === action);
  const capped = chosenFor('cap-overflow').sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const early = new Map<unknown, CleanupRow>();
  chosenFor('prune-stale')
    .concat(capped)
    .forEach(({ row }) => {
      const sessionId = storedSessionId(row);
      if (!early.has(sessionId) || isNamed(row)) early.set(sessionId, row);
    });
  const late = new Map<unknown, CleanupRow>();
  for (const { row } of choices.filter(({ action }) => action === 'retire-dm-scope' || action === 'delete')) {
    const sessionId = storedSessionId(row);
    if (sessionId) late.set(sessionId, row);
  }
  return { early: [...early.values()], late: [...late.values()] };
}

function isNamed({ entry }: CleanupRow): boolean {
  return isJsonObject(entry) && nonBlank(entry['sessionFile']) !== undefined;
}

/**
 * Notes the archiving of a removed row's transcripts, unless a remaining row has the same session, or names the file
 * (V10).
 */
export function archiveTranscripts(row: CleanupRow, folder: FolderFacts, references: References, ledger: Ledger): void {
  const files = folder.archivable.get(row);
  if (files === undefined || isSessionKept(row, references)) return;
  for (const file of files) {
    if (isFree(file, 'row-removed', references, ledger)) ledger.archive(file, 'row-removed', row.key);
  }
}

/** Notes the deletion of a removed row's trajectory, by the same rules. */
export function deleteSidecars(row: CleanupRow, folder: FolderFacts, references: References, ledger: Ledger): void {
  const files = folder.sidecars.get(row);
  if (files === undefined || isSessionKept(row, references)) return;
  for (const file of files) {
    if (isFree(file, 'row-sidecar', references, ledger)) ledger.delete(file, 'row-sidecar', row.key);
  }
}

/** True when the files of a row stay because a remaining row has the same session. */
export function isSessionKept(row: CleanupRow, references: References): boolean {
  return references.hasSession(storedSessionId(row));
}

function storedSessionId({ entry }: CleanupRow): unknown {
  return isJsonObject(entry) ? entry['sessionId'] : undefined;
}

function isFree(file: string, why: StepReason, references: References, ledger: Ledger): boolean {
  if (ledger.isStore(file)) return false;
  const guard = references.keeps(file) === 'named' ? ({ code: 'named' } as const) : ledger.guardOf(file);
  if (guard !== undefined) ledger.holdBack({ kind: 'file', file, why, guard });
  return guard === undefined;
}

/**
 * Transcript and sidecars in the folder that a preview of the reference takes for archived with their row: by the name of
 * what the transcript is, where its name is a link; none of an entry without a session id.
 */
export function realNames({ entry, files }: CleanupRow): readonly string[] {
  if (sessionIdOf(entry) === undefined) return [];
  const first = files.own[0] ?? '';
  // Nearly all rows, and there may be many: a transcript and nothing else.
  if (files.own.length === 1 && !isSidecarName(first)) return files.own;
  const transcript = isSidecarName(first) || first === '' ? (files.path ?? '') : first;
  const { trajectory, pointer } = sidecarNames(path.basename(transcript));
  return files.own.filter((file) => [path.basename(transcript), trajectory, pointer].includes(path.basename(file)));
}
