import path from 'node:path';
import { isJsonObject } from '../../core/json.ts';
import { classifyName } from '../../core/transcript-names.ts';
import { SessionsError } from '../../errors.ts';
import { followLinks } from '../../files/follow-links.ts';
import { listNames } from '../../files/sessions-folder.ts';
import type { StoredRow } from '../types.ts';
import { type HeldStore, holdStore, type PresentStore } from './held-store.ts';
import { defaultReadOptions } from './open.ts';
import { isStoreLike } from './other-stores.ts';

/**
 * Refuses what a cleanup would take for a store whose rows need none of the files beside it (V26): then every transcript
 * would count as unreferenced. All three are taken for stores by OpenClaw 2026.5.12.
 *
 * - A store that is not there, in a folder with transcripts and no other store: a lost one, or a mistyped `--store`.
 * - A JSON object that holds nothing like a row, such as a config.
 * - A link to a store in another folder, where its transcripts are.
 *
 * @param otherStores configured stores in the same folder, absolute
 * @throws SessionsError STORE_MISSING, STORE_UNSUPPORTED
 */
export function requireCleanable(storePath: string, store: HeldStore, otherStores: readonly string[]): void {
  const dir = path.dirname(storePath);
  if (store.state === 'absent') {
    const transcripts = countTranscripts(dir, otherStores);
    if (transcripts > 0 && !hasOtherStore(dir, otherStores)) throw lost(storePath, transcripts);
    return;
  }
  if (!isStore(store)) throw noStore(storePath);
  const real = followLinks(storePath);
  const realDir = path.dirname(real);
  if (realDir !== followLinks(dir) && countTranscripts(realDir, [real]) > 0) throw linked(storePath, real);
}

function lost(storePath: string, transcripts: number): SessionsError {
  const count = transcripts === 1 ? '1 transcript' : `${transcripts} transcripts`;
  return new SessionsError(
    'STORE_MISSING',
    `Session store does not exist, but there ${transcripts === 1 ? 'is' : 'are'} ${count} beside it: ${storePath}`,
    {
      hint: 'Check the path, or bring the store back from a backup. Should it begin anew, write {} into it first.',
      details: { path: storePath, transcripts },
    },
  );
}

function noStore(storePath: string): SessionsError {
  return new SessionsError('STORE_UNSUPPORTED', `Not a session store, nothing in it is a session: ${storePath}`, {
    hint: 'Check the path. Nothing was changed.',
    details: { path: storePath },
  });
}

function linked(storePath: string, real: string): SessionsError {
  return new SessionsError(
    'STORE_UNSUPPORTED',
    `Session store is a link to another folder, which has transcripts of its own: ${storePath} -> ${real}`,
    { hint: `Name the store itself: --store ${real}`, details: { path: storePath, target: real } },
  );
}

/**
 * False for an object of objects of which none is like an entry, such as a config. Session keys have a colon, but for
 * some old ones; an entry has one of these fields. Empty objects and odd values are passed over, as everywhere (V7).
 */
function isStore(store: PresentStore): boolean {
  // Of an entry in a large store that has none of the fields that were asked for, only the whole of it tells.
  const isFilled = (index: number): boolean => {
    const { entry } = store.rows[index] ?? {};
    return (
      isJsonObject(entry) && (Object.keys(entry).length > 0 || Object.keys(store.entryAt(index) as object).length > 0)
    );
  };
  const isLikeEntry = ({ key, entry }: StoredRow, index: number): boolean =>
    isEntry(entry) || (key.includes(':') && isFilled(index));
  return store.rows.some(isLikeEntry) || !store.rows.some((_row, index) => isFilled(index));
}

function isEntry(value: unknown): boolean {
  return isJsonObject(value) && entryFields.some((field) => value[field] !== undefined);
}

const entryFields = ['sessionId', 'updatedAt', 'sessionFile'];

/** A store may be called like a transcript. */
function countTranscripts(dir: string, stores: readonly string[]): number {
  const realDir = followLinks(dir);
  const names = listNames(dir).filter((name) => classifyName(name) === 'transcript');
  return names.filter((name) => !stores.includes(path.join(realDir, name))).length;
}

/** Agents may share a folder, and one of them may have no session yet. */
function hasOtherStore(dir: string, otherStores: readonly string[]): boolean {
  const files = listNames(dir)
    .filter(isStoreLike)
    .map((name) => path.join(dir, name));
  return [...new Set([...otherStores, ...files])].some(holdsRows);
}

function holdsRows(file: string): boolean {
  try {
    using store = holdStore(file, { fields: entryFields, now: () => 0, read: defaultReadOptions });
    return store.state === 'present' && store.rows.length > 0 && isStore(store);
  } catch (error) {
    if (error instanceof SessionsError) return false;
    throw error;
  }
}
