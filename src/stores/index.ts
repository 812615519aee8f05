import type { StoreChoice } from './choose.ts';
import { createJsonStore } from './json/json-store.ts';
import type { SessionStore } from './types.ts';

/** Opens a chosen store for reading. A new kind of store is a new folder and one line here. */
export async function openStore({ kind, path }: Pick<StoreChoice, 'kind' | 'path'>): Promise<SessionStore> {
  switch (kind) {
    case 'json':
      return createJsonStore(path);
    case 'sqlite':
      return (await import('./sqlite/sqlite-store.ts')).createSqliteStore(path);
  }
}
