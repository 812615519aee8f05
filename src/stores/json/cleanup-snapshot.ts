import path from 'node:path';
import { isArtifactName } from '../../core/cleanup/artifacts.ts';
import { type ChooseInput, type ChosenRows, chooseRows, type Purpose } from '../../core/cleanup/choose.ts';
import type { CleanupPolicy } from '../../core/cleanup/policy.ts';
import { createReferences, type References } from '../../core/cleanup/references.ts';
import { realNames, isSessionKept } from '../../core/cleanup/row-files.ts';
import {
  type CleanupRow,
  type CleanupSnapshot,
  type FileFacts,
  type LockHolder,
  plannedFields,
  type RowFiles,
} from '../../core/cleanup/snapshot.ts';
import { rowBytes } from '../../core/cleanup/store-text.ts';
import { normalizeEntry, settleEntry } from '../../core/entry.ts';
import { isJsonObject, type JsonObject, nonBlank } from '../../core/json.ts';
import { listedFields } from '../../core/list/row.ts';
import {
  classifyName,
  isTranscriptId,
  isTranscriptOf,
  sidecarNames,
  topicMark,
  topicSessionIds,
  transcriptName,
} from '../../core/transcript-names.ts';
import { resolveTranscriptPath } from '../../core/transcript-path.ts';
import { followLinks } from '../../files/follow-links.ts';
import { type ListedFolder, listSessionsFolder } from '../../files/sessions-folder.ts';
import { findRowSidecars } from '../../files/row-sidecars.ts';
import { type LockClock, readTranscriptLock } from '../../files/transcript-lock.ts';
import type { StoreTarget } from '../types.ts';
import { requireCleanable } from './cleanable.ts';
import { type HeldStore, holdStore } from './held-store.ts';
import { defaultReadOptions, type JsonReadOptions } from './open.ts';
import type { OtherStores } from './other-stores.ts';

export interface SnapshotInput {
  readonly target: StoreTarget;
  readonly stateDir: string;
  readonly policy: CleanupPolicy;
  readonly purpose: Purpose;
  /** Decides about the rows; by default the maintenance policy does. */
  readonly choose?: (input: ChooseInput) => ChosenRows;
  /** Whose rows may name files in the folder; by default nobody's. */
  readonly others?: OtherStores;
  /** The store, with the fields that `holdStoreFor` asks for. */
  readonly store: HeldStore;
  /** True when more of the rows is said than the plan needs, as a table or by --verbose: then more of their fields are wanted. */
  readonly isListed?: boolean;
  /** How stores are read; only tests say. */
  readonly read?: JsonReadOptions;
  /** Milliseconds since epoch; every snapshot has a time of its own. */
  readonly now: () => number;
  readonly isRunning: (pid: number) => boolean;
}

/** What a cleanup of one store goes by. */
export type JsonCleanupInput = Omit<SnapshotInput, 'purpose' | 'store'>;

export interface TakenSnapshot {
  readonly snapshot: CleanupSnapshot;
  readonly chosen: ChosenRows;
  readonly folder: ListedFolder;
}

/** Reads the store of a cleanup, with everything that planning it looks at. */
export function holdStoreFor(input: Pick<SnapshotInput, 'target' | 'now' | 'isListed' | 'read'>): HeldStore {
  return holdStore(input.target.path, {
    fields: input.isListed === true ? [...new Set([...plannedFields, ...listedFields])] : plannedFields,
    now: input.now,
    read: input.read ?? defaultReadOptions,
  });
}

/**
 * Looks at the folder of a JSON store: with the store, everything that planning a cleanup may know. Writes nothing.
 *
 * The folder is listed once. Sizes and times are read only of the files that may have to be judged by them: all of them
 * under a disk budget, else those that no remaining row names. To know which, the rows are chosen in between.
 *
 * @throws SessionsError STORE_DAMAGED, STORE_UNREADABLE; what `requireCleanable` throws
 */
export function takeSnapshot(input: SnapshotInput): TakenSnapshot {
  const { target, stateDir, policy, purpose, isRunning, store, choose = chooseRows } = input;
  const nowMs = input.now();
  const clock: LockClock = { nowMs, isRunning };
  const otherStores = input.others?.beside(target.path) ?? [];
  requireCleanable(target.path, store, otherStores);
  const folder = listSessionsFolder(target.path, stateDir);
  const locks = readLocks(folder, clock);
  const topics = findTopics(folder);
  const filesOf = (entry: unknown): RowFiles => findRowFiles(entry, folder, topics, locks, clock);
  const bytes = policy.maxDiskBytes.value === null ? undefined : writtenBytes(store, purpose);
  const rows = store.rows.map(({ key, entry }, index): CleanupRow => ({
    key,
    entry,
    bytes: bytes?.[index] ?? 0,
    files: filesOf(entry),
  }));
  const otherRows = input.others?.rowsNaming(folder, target.path, filesOf) ?? [];
  const chosen = choose({ rows, policy, purpose, agentId: target.agentId, nowMs });
  const { early, late } = chosen.owners;
  const archivable = filesByRow(early.concat(late), (row) => findArchivable(row, folder));
  return {
    folder,
    chosen,
    snapshot: {
      nowMs,
      store: storeFacts(target.path, store, otherStores, folder),
      rows,
      otherRows,
      folder: {
        files: folder.files,
        locks,
        archivable,
        facts: readFacts(chosen, archivable, otherRows, folder, policy),
        subfolders: listSubfolders([...archivable.values()].flat(), folder),
        sidecars: filesByRow(early, (row) => findRowSidecars(row, archivable.get(row) ?? none, folder)),
      },
    },
  };
}

function filesByRow(
  rows: readonly CleanupRow[],
  find: (row: CleanupRow) => readonly string[],
): ReadonlyMap<CleanupRow, readonly string[]> {
  const found = new Map<CleanupRow, readonly string[]>();
  rows.forEach((row) => {
    const files = find(row);
    if (files.length > 0) found.set(row, files);
  });
  return found;
}

/** What each row takes in the store as it will be written. */
function writtenBytes(store: HeldStore, purpose: Purpose): readonly number[] {
  if (store.state === 'absent') return [];
  // An applied run of the reference settles the entries a second time (core/entry.ts); a preview does not.
  const settle = purpose === 'apply' ? settleEntry : (entry: unknown) => entry;
  return store.rows.map(({ key }, index) => rowBytes({ key, entry: settle(normalizeEntry(store.entryAt(index))) }));
}

function goneFor({ choices }: ChosenRows, ...actions: readonly string[]): readonly CleanupRow[] {
  return choices.filter(({ action }) => actions.includes(action)).map(({ row }) => row);
}

/** The transcripts in the folder that the runtime holds, their sidecars with them. */
function readLocks(folder: ListedFolder, clock: LockClock): Map<string, LockHolder> {
  const locks = new Map<string, LockHolder>();
  for (const name of [...folder.files].filter((each) => each.endsWith('.lock'))) {
    const transcript = name.slice(0, -'.lock'.length);
    const holder = readTranscriptLock(path.join(folder.dir, transcript), clock);
    if (holder === undefined) continue;
    const { trajectory, pointer } = sidecarNames(transcript);
    for (const locked of [transcript, trajectory, pointer]) locks.set(locked, holder);
  }
  return locks;
}

/** The session ids that have a topic transcript in the folder. */
function findTopics({ files }: ListedFolder): ReadonlySet<string> {
  const transcripts = [...files].filter((name) => name.includes(topicMark) && classifyName(name) === 'transcript');
  return new Set(transcripts.flatMap(topicSessionIds));
}

function findRowFiles(
  entry: unknown,
  folder: ListedFolder,
  topics: ReadonlySet<string>,
  locks: ReadonlyMap<string, LockHolder>,
  clock: LockClock,
): RowFiles {
  if (!isJsonObject(entry)) return { path: undefined, exists: false, own: [], copies: none, lock: undefined };
  const plain = findPlainFiles(entry, folder, topics, locks, clock);
  if (plain !== undefined) return plain;
  const lookUp = (file: string): string | undefined => {
    const found = folder.find(file);
    return found.state === 'there' ? found.real : undefined;
  };
  const file = resolveTranscriptPath(entry, folder, lookUp);
  const found = file === undefined ? undefined : folder.find(file);
  const real = found?.state === 'there' ? found.real : file;
  // A topic's transcript is the session's too (V10).
  const hasTopic = topics.has(nonBlank(entry['sessionId']) ?? '');
  return {
    path: file,
    exists: found?.state === 'unknown' && !hasTopic ? 'unknown' : found?.state === 'there' || hasTopic,
    own: file === undefined || real === undefined ? [] : ownFiles(real, [file, writtenPath(entry)], folder),
    copies: [...copiesBeside(entry, real, folder), ...findCheckpoints(entry, folder, lookUp)],
    lock: findLock(file, entry, folder, locks, clock),
  };
}

const none: readonly string[] = [];

/**
 * The files of nearly every row, with little work: its transcript is, or would be, directly in the folder, no link, and
 * it has no checkpoints. `findRowFiles` would come to the same in the end.
 */
function findPlainFiles(
  entry: JsonObject,
  folder: ListedFolder,
  topics: ReadonlySet<string>,
  locks: ReadonlyMap<string, LockHolder>,
  clock: LockClock,
): RowFiles | undefined {
  if (entry['compactionCheckpoints'] !== undefined) return undefined;
  const named = nonBlank(entry['sessionFile']);
  const name = named === undefined ? defaultName(entry['sessionId']) : directName(named, folder);
  if (name === undefined) return undefined;
  const file = named === undefined || named === name ? folder.pathOf(name) : named;
  const isListed = folder.files.has(name);
  // Links, folders, and a disk that folds case take the long way.
  if (!isListed && folder.find(file).state !== 'absent') return undefined;
  const sidecars = folder.sidecarsOf(name);
  return {
    path: file,
    exists: isListed || (topics.size > 0 && topics.has(nonBlank(entry['sessionId']) ?? '')),
    // The transcript comes first, also one that is missing: the names of sidecars are told by it.
    own: sidecars.length > 0 ? [name, ...sidecars] : isListed ? [name] : none,
    copies: none,
    lock: locks.size === 0 ? undefined : findLock(file, entry, folder, locks, clock),
  };
}

/** The name of a transcript that is given as nothing but a name, or as a path directly in the folder. */
function directName(named: string, folder: ListedFolder): string | undefined {
  const name = folder.nameOf(named) ?? (path.isAbsolute(named) ? undefined : named);
  if (name === undefined || name === '' || name.startsWith('.')) return undefined;
  return name.includes('/') || name.includes('\\') ? undefined : name;
}

/** The transcript, and its sidecars by the name that the file has and by those that lead to it. */
function ownFiles(real: string, names: readonly (string | undefined)[], folder: ListedFolder): readonly string[] {
  const transcripts = new Set([...names, real]);
  const paths = [
    real,
    ...[...transcripts].flatMap((each) => (each === undefined ? [] : Object.values(sidecarNames(each)))),
  ];
  return [...new Set(paths.map((each) => folder.relative(each)).filter((each) => each !== undefined))];
}

/** An absolute path as the entry has it: resolving it follows links. */
function writtenPath({ sessionFile }: { readonly sessionFile?: unknown }): string | undefined {
  const named = nonBlank(sessionFile);
  return named !== undefined && path.isAbsolute(named) ? path.normalize(named) : undefined;
}

/**
 * What lies in the folder under the name of a transcript that is used elsewhere: in a state that was copied while the old
 * one still exists, the rows go on naming the old files (V10).
 */
function copiesBeside(
  { sessionId }: { readonly sessionId?: unknown },
  real: string | undefined,
  folder: ListedFolder,
): readonly string[] {
  if (real === undefined || folder.relative(real) !== undefined) return [];
  const beside = [path.join(folder.dir, path.basename(real)), defaultTranscript(sessionId, folder)];
  return beside
    .filter((file) => file !== undefined)
    .flatMap((file) => [file, ...Object.values(sidecarNames(file))])
    .map((file) => path.basename(file));
}

/**
 * Copies of the transcript from before compactions. A relative path is taken inside the sessions folder, and that of a
 * moved store is found beside the store (V10): the rules of a transcript.
 */
function findCheckpoints(
  entry: Readonly<Record<string, unknown>>,
  folder: ListedFolder,
  lookUp: (file: string) => string | undefined,
): readonly string[] {
  const checkpoints = entry['compactionCheckpoints'];
  if (!Array.isArray(checkpoints)) return [];
  return checkpoints.flatMap((checkpoint: unknown) => {
    const before = isJsonObject(checkpoint) ? checkpoint['preCompaction'] : undefined;
    const sessionFile = isJsonObject(before) ? before['sessionFile'] : undefined;
    const file = resolveTranscriptPath({ sessionFile }, folder, lookUp);
    const relative = file === undefined ? undefined : folder.relative(lookUp(file) ?? file);
    return relative === undefined ? [] : [relative];
  });
}

/** The lock of the transcript that the entry names, or of the one that its session id names. */
function findLock(
  file: string | undefined,
  { sessionId }: { readonly sessionId?: unknown },
  folder: ListedFolder,
  locks: ReadonlyMap<string, LockHolder>,
  clock: LockClock,
): LockHolder | undefined {
  for (const each of [file, defaultTranscript(sessionId, folder)]) {
    if (each === undefined) continue;
    const name = folder.nameOf(each);
    const lock = name === undefined ? readTranscriptLock(each, clock) : locks.get(name);
    if (lock !== undefined) return lock;
  }
  return undefined;
}

function defaultTranscript(sessionId: unknown, folder: ListedFolder): string | undefined {
  const name = defaultName(sessionId);
  return name === undefined ? undefined : folder.pathOf(name);
}

function defaultName(sessionId: unknown): string | undefined {
  const id = nonBlank(sessionId);
  return id !== undefined && isTranscriptId(id) ? transcriptName(id) : undefined;
}

/** Existing transcripts of a row in the folder: the one it names, and the one its session id names. */
function findArchivable({ entry, files }: CleanupRow, folder: ListedFolder): readonly string[] {
  const { sessionId } = isJsonObject(entry) ? entry : {};
  const own = files.own[0] ?? '';
  // Nearly all rows: the session id, which counts without the blanks around it, names the file too.
  const isPlain = typeof sessionId === 'string' && sessionId === sessionId.trim();
  if (isPlain && isTranscriptOf(own, sessionId) && folder.files.has(own)) {
    return files.own.length === 1 ? files.own : [own];
  }
  const found = [files.path, defaultTranscript(sessionId, folder)].flatMap((file) => {
    const there = file === undefined ? undefined : folder.find(file);
    const relative = there?.state === 'there' ? folder.relative(there.real) : undefined;
    // A row may name a folder: that is no transcript, and other rows' files may be in it.
    return relative === undefined || !isFile(relative, folder) ? [] : [relative];
  });
  return [...new Set(found)];
}

function isFile(file: string, folder: ListedFolder): boolean {
  return folder.files.has(file) || folder.factsOf(file) !== undefined;
}

function listSubfolders(archivable: readonly string[], folder: ListedFolder): ReadonlyMap<string, readonly string[]> {
  const subfolders = new Set(archivable.filter((file) => file.includes('/')).map((file) => path.posix.dirname(file)));
  return new Map([...subfolders].map((subfolder) => [subfolder, folder.filesIn(subfolder)]));
}

/**
 * All files under a disk budget; else artifacts that no remaining row names, but for the transcripts that are archived
 * with their rows.
 */
function readFacts(
  chosen: ChosenRows,
  archivable: ReadonlyMap<CleanupRow, readonly string[]>,
  otherRows: readonly CleanupRow[],
  folder: ListedFolder,
  policy: CleanupPolicy,
): ReadonlyMap<string, FileFacts> {
  const kept = goneFor(chosen, 'keep');
  const judged =
    policy.maxDiskBytes.value === null
      ? unreferencedNames(archivable, createReferences(kept.concat(otherRows)), folder)
      : [...folder.files, ...kept.flatMap(({ files }) => files.own.filter((file) => file.includes('/')))];
  const facts = new Map<string, FileFacts>();
  for (const file of judged) {
    const known = folder.factsOf(file);
    if (known !== undefined) facts.set(file, known);
  }
  return facts;
}

function unreferencedNames(
  archivable: ReadonlyMap<CleanupRow, readonly string[]>,
  references: References,
  folder: ListedFolder,
): readonly string[] {
  const archived = new Set<string>();
  archivable.forEach((files, row) => {
    if (isSessionKept(row, references)) return;
    const names = realNames(row);
    for (const file of files) if (names.includes(file)) archived.add(file);
  });
  return [...folder.files].filter(
    (file) => !archived.has(file) && references.keeps(file) !== 'named' && isArtifactName(file),
  );
}

function storeFacts(
  storePath: string,
  store: HeldStore,
  otherStores: readonly string[],
  folder: ListedFolder,
): CleanupSnapshot['store'] {
  const name = path.basename(storePath);
  const others = [followLinks(storePath), ...otherStores].map((file) => folder.relative(file));
  return {
    names: [...new Set([name, ...others.filter((each) => each !== undefined)])],
    exists: store.state === 'present',
    bytesInFolder: store.state === 'present' && folder.files.has(name) ? store.stat.size : 0,
  };
}
