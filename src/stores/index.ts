import { createJsonStore } from './json/json-store.ts';
import type { SessionStore, StoreTarget } from './types.ts';

/** The store of a target. A new kind of store is a new folder and one line here. */
export function openStore(target: StoreTarget): Promise<SessionStore> {
  return Promise.resolve(createJsonStore(target.path));
}
