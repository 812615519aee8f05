import { isArchiveName, parseArchiveName } from '../transcript-names.ts';
import type { Ledger } from './ledger.ts';
import type { CleanupPolicy } from './policy.ts';
import type { References } from './references.ts';
import type { CleanupSnapshot } from './snapshot.ts';

/**
 * Notes the deletion of archives past their retention, by the time in their names. As in OpenClaw 2026.5.12 this looks
 * only into the folders that received archives in this run, or into the sessions folder when none did; and not at all
 * when none did and reset archives stay for ever. Archives of this run stay (V20): only files that were there before it
 * are looked at. An archive that a remaining row names stays (V10).
 */
export function expireArchives(
  { folder, nowMs }: CleanupSnapshot,
  policy: CleanupPolicy,
  references: References,
  ledger: Ledger,
): void {
  const received = ledger.archiveFolders;
  const resetRetentionMs = policy.resetArchiveRetentionMs.value;
  if (received.size === 0 && resetRetentionMs === null) return;
  const expire = (prefix: string, names: Iterable<string>): void => {
    for (const name of [...names].filter(isArchiveName)) {
      const archive = parseArchiveName(name);
      if (archive === undefined) continue;
      const retentionMs = { deleted: policy.pruneAfterMs.value, reset: resetRetentionMs, bak: null }[archive.reason];
      if (retentionMs === null || nowMs - archive.archivedAtMs <= retentionMs) continue;
      const file = prefix + name;
      if (!ledger.isStore(file) && references.keeps(file) !== 'named') ledger.delete(file, 'archive-expired');
    }
  };
  if (received.size === 0 || received.has('')) expire('', folder.files);
  for (const [subfolder, names] of folder.subfolders) {
    if (received.has(subfolder)) expire(`${subfolder}/`, names);
  }
}
