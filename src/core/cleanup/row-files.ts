import { isJsonObject, nonBlank } from '../json.ts';
import type { Ledger } from './ledger.ts';
import type { References } from './references.ts';
import type { CleanupRow, FolderFacts } from './snapshot.ts';
import type { StepReason } from './steps.ts';

/**
 * The rows whose files go, of all rows that go for the same reason: one for each stored session id, as OpenClaw
 * 2026.5.12 chooses it. Two rows of one session that name different files thus lose one of them only; the other becomes
 * an unreferenced file.
 *
 * @param rows stale ones in store order, then capped ones, newest first: the order in which the reference drops them
 * @param rule stale and capped rows: the last one that names a file, else the first; rows without a session id share one
 *   place. Retired rows: the last one, whether it names a file or not; rows without a session id keep their files.
 */
export function rowsThatOwnFiles(rows: readonly CleanupRow[], rule: 'stale-or-capped' | 'retired'): CleanupRow[] {
  const owners = new Map<unknown, CleanupRow>();
  for (const row of rows) {
    const sessionId = isJsonObject(row.entry) ? row.entry['sessionId'] : undefined;
    if (rule === 'retired' && !sessionId) continue;
    const isNamed = isJsonObject(row.entry) && nonBlank(row.entry['sessionFile']) !== undefined;
    if (rule === 'retired' || isNamed || !owners.has(sessionId)) owners.set(sessionId, row);
  }
  return [...owners.values()];
}

/**
 * Notes the archiving of a removed row's transcripts, unless a remaining row has the same session, or names the file
 * (V10).
 */
export function archiveTranscripts(row: CleanupRow, folder: FolderFacts, references: References, ledger: Ledger): void {
  if (isSessionKept(row, references)) return;
  for (const file of folder.archivable.get(row) ?? []) {
    if (isFree(file, 'row-removed', references, ledger)) ledger.archive(file, 'row-removed', row.key);
  }
}

/** Notes the deletion of a removed row's trajectory, by the same rules. */
export function deleteSidecars(row: CleanupRow, folder: FolderFacts, references: References, ledger: Ledger): void {
  if (isSessionKept(row, references)) return;
  for (const file of folder.sidecars.get(row) ?? []) {
    if (isFree(file, 'row-sidecar', references, ledger)) ledger.delete(file, 'row-sidecar', row.key);
  }
}

function isSessionKept({ entry }: CleanupRow, references: References): boolean {
  return isJsonObject(entry) && references.hasSession(entry['sessionId']);
}

function isFree(file: string, why: StepReason, references: References, ledger: Ledger): boolean {
  if (ledger.isStore(file)) return false;
  const guard = references.keeps(file) === 'named' ? ({ code: 'named' } as const) : ledger.guardOf(file);
  if (guard !== undefined) ledger.holdBack({ kind: 'file', file, why, guard });
  return guard === undefined;
}
