import fs from 'node:fs';
import path from 'node:path';
import type { CleanupRow } from '../../core/cleanup/snapshot.ts';
import { isJsonObject } from '../../core/json.ts';
import { classifyName, sidecarNames } from '../../core/transcript-names.ts';
import { SessionsError } from '../../errors.ts';
import { followLinks } from '../../files/follow-links.ts';
import type { ListedFolder } from '../../files/sessions-folder.ts';
import { sessionsFolderOf } from '../../files/transcript-path.ts';
import type { StoredRow } from '../types.ts';
import { holdStore } from './held-store.ts';
import { defaultReadOptions } from './open.ts';

/** The stores beside the one that is cleaned up: what their rows name stays (docs/commands/cleanup.md, other stores). */
export interface OtherStores {
  /**
   * Makes sure that all is known that `rowsNaming` has to know.
   *
   * @throws SessionsError STORE_DAMAGED, STORE_UNREADABLE when a configured store in the same folder cannot be read
   */
  requireReadable(storePath: string): void;
  /**
   * The rows of other stores that may name files in this folder, with the files they name there.
   *
   * @param storePath the store whose folder it is; its own rows are not among them
   * @throws SessionsError as `requireReadable`
   */
  rowsNaming(folder: ListedFolder, storePath: string, filesOf: FilesOfEntry): readonly CleanupRow[];
  /** The configured stores in the folder of this one, itself not among them: where they really are, absolute. */
  beside(storePath: string): readonly string[];
}

/** The files that an entry names by the rules of its own store's folder. */
export type FilesOfEntry = (entry: unknown) => CleanupRow['files'];

/**
 * Looks into the stores that the config names: with `session.store: ~/stores/{agentId}.json` all agents share a folder, and
 * a row may name a file in another agent's. Of a store that the config does not name (`--store`) every other JSON file
 * beside it may be a neighbour. Each is read once as long as it stays the same.
 *
 * @param configured paths of the configured stores, absolute
 * @param onUnread told about a configured store in another folder that cannot be read: what its rows name is not known
 */
export function createOtherStores(
  configured: readonly string[],
  stateDir: string,
  onUnread: (storePath: string, error: SessionsError) => void,
): OtherStores {
  const known = new Map<string, { readonly version: string | undefined; readonly entries: readonly NamingEntry[] }>();
  const readEntries = (storePath: string): readonly NamingEntry[] => {
    const version = versionOf(storePath);
    const seen = known.get(storePath);
    if (version !== undefined && seen?.version === version) return seen.entries;
    using store = holdStore(storePath, { fields: namingFields, now: () => 0, read: defaultReadOptions });
    const entries = store.rows.flatMap(namingEntry);
    known.set(storePath, { version, entries });
    return entries;
  };
  const unread = new Set<string>();
  const readElsewhere = (storePath: string): readonly NamingEntry[] =>
    readUnless(storePath, (error) => {
      if (!unread.has(storePath)) onUnread(storePath, error);
      unread.add(storePath);
    });
  const readUnless = (storePath: string, onError: (error: SessionsError) => void): readonly NamingEntry[] => {
    try {
      return readEntries(storePath);
    } catch (error) {
      if (!(error instanceof SessionsError)) throw error;
      onError(error);
      return [];
    }
  };
  const isSame = (a: string, b: string): boolean => followLinks(a) === followLinks(b);
  /** The configured ones among them, in the same folder and in others. */
  const othersOf = (storePath: string): Record<'beside' | 'elsewhere', readonly string[]> => {
    const { dir } = sessionsFolderOf(storePath, stateDir);
    const others = [...new Set(configured)].filter((each) => !isSame(each, storePath));
    const beside = others.filter((each) => sessionsFolderOf(each, stateDir).dir === dir);
    return { beside, elsewhere: others.filter((each) => !beside.includes(each)) };
  };
  /** What nobody called a store, beside one that the config does not name either. */
  const unnamedBeside = (storePath: string, folder: ListedFolder): readonly string[] => {
    if (configured.some((each) => isSame(each, storePath))) return [];
    const files = [...folder.files].filter(isStoreLike).map((name) => path.join(folder.dir, name));
    return files.filter((file) => !isSame(file, storePath));
  };
  return {
    requireReadable: (storePath) => {
      for (const each of othersOf(storePath).beside) readEntries(each);
    },
    rowsNaming: (folder, storePath, filesOf) => {
      const { beside, elsewhere } = othersOf(storePath);
      const unnamed = unnamedBeside(storePath, folder).map((each) => readUnless(each, () => undefined));
      return [
        ...[...beside.map(readEntries), ...unnamed].flat().map((entry) => rowBeside(entry, filesOf)),
        ...elsewhere.flatMap((each) => readElsewhere(each).flatMap((entry) => rowElsewhere(entry, folder))),
      ];
    },
    beside: (storePath) => othersOf(storePath).beside.map(followLinks),
  };
}

/** What of a row names files. */
interface NamingEntry {
  readonly key: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

const namingFields = ['sessionId', 'sessionFile', 'compactionCheckpoints'];

function namingEntry({ key, entry }: StoredRow): readonly NamingEntry[] {
  if (!isJsonObject(entry)) return [];
  const { sessionId, sessionFile, compactionCheckpoints } = entry;
  if (sessionId === undefined && sessionFile === undefined && compactionCheckpoints === undefined) return [];
  return [{ key, entry: { sessionId, sessionFile, compactionCheckpoints } }];
}

/** A row of a store in the same folder: it names files as the store's own rows do. */
function rowBeside({ key, entry }: NamingEntry, filesOf: FilesOfEntry): CleanupRow {
  return { key, entry, bytes: 0, files: filesOf(entry) };
}

/** A row of a store in another folder: only an absolute path can name a file here, and its session id none. */
function rowElsewhere({ key, entry }: NamingEntry, folder: ListedFolder): readonly CleanupRow[] {
  const checkpoints = Array.isArray(entry['compactionCheckpoints'])
    ? (entry['compactionCheckpoints'] as unknown[])
    : [];
  const before = checkpoints.map((each) => (isJsonObject(each) ? each['preCompaction'] : undefined));
  const named = [entry, ...before].flatMap((each) => (isJsonObject(each) ? [each['sessionFile']] : []));
  const own = named.flatMap((file) => filesAt(file, folder));
  if (own.length === 0) return [];
  return [
    { key, entry: undefined, bytes: 0, files: { path: undefined, exists: true, own, copies: [], lock: undefined } },
  ];
}

function filesAt(named: unknown, folder: ListedFolder): readonly string[] {
  if (typeof named !== 'string' || !path.isAbsolute(named.trim())) return [];
  const file = named.trim();
  // Nearly all rows end here: the names in the folder are known, and nothing else need be asked.
  if (!folder.files.has(path.basename(file))) return [];
  const { trajectory, pointer } = sidecarNames(file);
  return [file, trajectory, pointer].map((each) => folder.relative(each)).filter((each) => each !== undefined);
}

/** True for the name of a JSON file that may be a store; pointers of trajectories are none. */
export function isStoreLike(name: string): boolean {
  return name.endsWith('.json') && classifyName(name) === 'other';
}

/** Undefined when that may not be known: reading the store will say why. */
function versionOf(storePath: string): string | undefined {
  try {
    const stat = fs.statSync(storePath, { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? '' : [stat.dev, stat.ino, stat.size, stat.mtimeNs].join(':');
  } catch {
    return undefined;
  }
}
