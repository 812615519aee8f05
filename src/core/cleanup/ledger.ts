import { archiveName, archiveSuffix, withRoomFor } from '../transcript-names.ts';
import type { CleanupSnapshot, FileFacts } from './snapshot.ts';
import type { FileStep, Guard, HeldBack, StepReason } from './steps.ts';

/** Files changed less than this ago are not deleted by the budget and artifact steps (V16). */
export const graceMs = 5 * 60_000;

/**
 * The files of the folder while a plan is made: each step sees what the steps before it have left. Collects the steps
 * and what the guards held back.
 */
export interface Ledger {
  readonly steps: readonly FileStep[];
  readonly heldBack: readonly HeldBack[];
  /** The folders that archives of this run lie in; empty for the sessions folder itself. */
  readonly archiveFolders: ReadonlySet<string>;
  /** Regular files directly in the folder, at this point of the plan. */
  files(): Iterable<string>;
  countFiles(): number;
  factsOf(file: string): FileFacts | undefined;
  /** What keeps the file from being touched at all, whatever step wants to. */
  guardOf(file: string): Guard | undefined;
  /** The same, for a step that spares young files. */
  guardWithGrace(file: string): Guard | undefined;
  /** True when a step was noted for the file; in a preview it may still be among the files. */
  isGoing(file: string): boolean;
  /** True for a store, which is never an artifact (V20). */
  isStore(file: string): boolean;
  archive(file: string, why: StepReason, key: string): void;
  delete(file: string, why: StepReason, key?: string): void;
  holdBack(held: HeldBack): void;
}

/**
 * @param rowFilesStay the preview of the reference counts with the files of removed rows still under their old names
 *   (docs/commands/cleanup.md, dry run): their steps are noted, but the later ones see the folder without them
 */
export function createLedger({ folder, store, nowMs }: CleanupSnapshot, rowFilesStay: boolean): Ledger {
  const present = new Set(folder.files);
  const facts = new Map(folder.facts);
  const steps = new Map<string, FileStep>();
  const inSubfolders = [...folder.subfolders].flatMap(([subfolder, names]) =>
    names.map((name) => `${subfolder}/${name}`),
  );
  const heldBack: HeldBack[] = [];
  const archiveFolders = new Set<string>();
  const note = (step: FileStep): void => {
    // A file whose going was noted before goes once.
    if (steps.has(step.file)) return;
    steps.set(step.file, step);
    if (step.effect === 'archive') archiveFolders.add(folderOf(step.file));
  };
  const guardOf = (file: string): Guard | undefined => {
    const lock = folder.locks.get(file);
    return lock === undefined ? undefined : { code: 'in-use', lock };
  };
  const suffix = archiveSuffix('deleted', nowMs);
  /** What archives of this very moment are called before their suffix: those that are there, and those of this run. */
  const archivedNow = new Set(
    [...present]
      .concat(inSubfolders)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length)),
  );
  const taken = new Set(inSubfolders);
  /** Never over another archive: with the next free millisecond when the name is taken. */
  const freeName = (file: string): string => {
    const stem = withRoomFor(suffix, file);
    if (!archivedNow.has(stem)) {
      archivedNow.add(stem);
      return stem + suffix;
    }
    let atMs = nowMs + 1;
    let name = archiveName(file, 'deleted', atMs);
    while (present.has(name) || taken.has(name)) name = archiveName(file, 'deleted', ++atMs);
    taken.add(name);
    return name;
  };
  const isStore = (file: string): boolean => store.names.includes(file);

  return {
    get steps() {
      return [...steps.values()];
    },
    heldBack,
    archiveFolders,
    files: () => present,
    countFiles: () => present.size,
    factsOf: (file) => facts.get(file),
    isGoing: (file) => steps.has(file),
    isStore,
    guardOf,
    guardWithGrace: (file) => {
      const ageMs = nowMs - (facts.get(file)?.mtimeMs ?? -Infinity);
      return guardOf(file) ?? (ageMs < graceMs ? { code: 'young', ageMs } : undefined);
    },
    archive: (file, why, key) => {
      const archive = freeName(file);
      const known = facts.get(file);
      note({ effect: 'archive', file, archive, why, key, facts: known });
      if (rowFilesStay) return;
      if (present.delete(file)) present.add(archive);
      if (known !== undefined) facts.set(archive, known);
    },
    delete: (file, why, key) => {
      // In a preview a file that is archived has its old name still.
      const now = (rowFilesStay ? steps.get(file)?.archive : undefined) ?? file;
      note({ effect: 'delete', file: now, archive: undefined, why, key, facts: facts.get(file) });
      const stays = rowFilesStay && (why === 'row-sidecar' || why === 'archive-expired');
      if (!stays) present.delete(file);
    },
    holdBack: (held) => {
      heldBack.push(held);
    },
  };
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** By time of change; ties stay in the order in which the folder was listed. */
export function oldestFirst(files: readonly string[], ledger: Ledger): readonly string[] {
  const time = (file: string): number => ledger.factsOf(file)?.mtimeMs ?? 0;
  return files.toSorted((a, b) => time(a) - time(b));
}
