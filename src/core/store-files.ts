import path from 'node:path';

/** The files that belong to one JSON store path, by the rules of OpenClaw 2026.9.6 (docs/stores.md, where stores are). */
export interface StoreFiles {
  readonly json: string;
  /** Where the database of this agent may be, the likeliest first. */
  readonly databases: readonly string[];
  /** The folder that a migration moves the originals into, and the beginning of the store's name there. */
  readonly archive: { readonly folder: string; readonly prefix: string };
}

/** What a database in its default place is called. */
export const databaseName = 'openclaw-agent.sqlite';

/**
 * `agents/<id>/sessions/sessions.json` stands for `agents/<id>/agent/openclaw-agent.sqlite`; any other `sessions.json`
 * for `openclaw-agent.sqlite` beside it; `<name>.json` or `<name>` for `<name>.<agent>.sqlite` or, for the agent that
 * owns a shared name, `<name>.sqlite`; a `.sqlite` for itself.
 */
export function storeFiles(store: string, agentId: string): StoreFiles {
  const folder = path.dirname(store);
  const base = path.basename(store);
  return {
    json: store,
    databases: databasesOf(folder, base, agentId),
    archive: {
      folder: path.join(path.dirname(folder), 'session-sqlite-import-archive'),
      prefix: `legacy-store.${base}.imported-`,
    },
  };
}

/** True for a path that names a database rather than a JSON store. */
export function isDatabasePath(store: string): boolean {
  return store.endsWith('.sqlite');
}

function databasesOf(folder: string, base: string, agentId: string): readonly string[] {
  const file = path.join(folder, base);
  if (isDatabasePath(file)) return [file];
  if (base === 'sessions.json') {
    const agentFolder = path.dirname(folder);
    const isDefaultPlace =
      path.basename(folder) === 'sessions' && path.basename(path.dirname(agentFolder)) === 'agents';
    return [isDefaultPlace ? path.join(agentFolder, 'agent', databaseName) : path.join(folder, databaseName)];
  }
  const name = path.join(folder, base.replace(/\.json$/, ''));
  return [`${name}.${agentId}.sqlite`, `${name}.sqlite`];
}
