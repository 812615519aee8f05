import { classifyName } from '../transcript-names.ts';
import { type Ledger, oldestFirst } from './ledger.ts';
import type { References } from './references.ts';
import type { CleanupSnapshot } from './snapshot.ts';
import type { Guard } from './steps.ts';

/** The artifacts' part of the report; keys as in JSON. */
export interface ArtifactsReport {
  /** Regular files directly in the folder, the store included. */
  readonly scannedFiles: number;
  readonly removedFiles: number;
  readonly freedBytes: number;
  readonly olderThanMs: number;
}

export interface ArtifactsInput {
  readonly snapshot: CleanupSnapshot;
  readonly references: References;
  readonly ledger: Ledger;
  readonly olderThanMs: number;
  /** A preview counts all files that are there now, and does not count what goes with a removed row. */
  readonly preview: { readonly rowFilesAmong: (files: readonly string[]) => ReadonlySet<string> } | undefined;
}

/**
 * Notes the deletion of old transcripts, checkpoints and sidecars that no remaining row names, oldest first (OpenClaw
 * 2026.5.12; docs/commands/cleanup.md, unreferenced artifacts). Young files and files in use stay (V16), and so do topic
 * transcripts of remaining sessions (V10).
 */
export function removeArtifacts(input: ArtifactsInput): ArtifactsReport {
  const { snapshot, references, ledger, olderThanMs, preview } = input;
  const created = snapshot.store.exists ? 0 : 1;
  const scannedFiles = preview === undefined ? ledger.countFiles() + created : snapshot.folder.files.size;
  let removedFiles = 0;
  let freedBytes = 0;
  const artifacts = oldestFirst(oldArtifacts(input), ledger);
  const rowFiles = preview?.rowFilesAmong(artifacts);
  for (const file of artifacts) {
    // In a preview a file may be still there though it goes with a row.
    const isGoing = ledger.isGoing(file);
    const guard = isGoing ? undefined : guardOf(file, references, ledger);
    if (guard !== undefined) {
      ledger.holdBack({ kind: 'file', file, why: 'unreferenced', guard });
      continue;
    }
    if (!isGoing) ledger.delete(file, 'unreferenced');
    const bytes = ledger.factsOf(file)?.bytes ?? 0;
    // Empty files go uncounted, as in the reference.
    if (bytes === 0 || rowFiles?.has(file) === true) continue;
    removedFiles++;
    freedBytes += bytes;
  }
  return { scannedFiles, removedFiles, freedBytes, olderThanMs };
}

/** True for the names that the artifact step may remove. */
export function isArtifactName(name: string): boolean {
  return ['transcript', 'checkpoint', 'sidecar'].includes(classifyName(name));
}

function guardOf(file: string, references: References, ledger: Ledger): Guard | undefined {
  return references.keeps(file) === 'topic' ? { code: 'topic' } : ledger.guardWithGrace(file);
}

function oldArtifacts({ snapshot, references, ledger, olderThanMs }: ArtifactsInput): readonly string[] {
  const cutoffMs = snapshot.nowMs - olderThanMs;
  return [...ledger.files()].filter(
    (file) =>
      // First of all: of most files nobody knows the time, since a row names them.
      (ledger.factsOf(file)?.mtimeMs ?? Infinity) <= cutoffMs &&
      isArtifactName(file) &&
      !ledger.isStore(file) &&
      references.keeps(file) !== 'named',
  );
}
