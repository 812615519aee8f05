import fs from 'node:fs';
import path from 'node:path';
import type { State } from '../config/state.ts';
import { normalizeAgentId } from '../core/agent-id.ts';
import { databaseName } from '../core/store-files.ts';
import { SessionsError } from '../errors.ts';
import { mayHoldSessions } from '../stores/sqlite/files.ts';
import { type Scope, selectTargets, type TargetFlags } from './targets.ts';

/**
 * Adds to the configured stores those found under `<stateDir>/agents/` that the config does not name (`--discover`),
 * by agent folder name: JSON stores, and databases that may hold sessions. Only regular files inside that folder count:
 * whatever is reached through a link is left out, with the reason. A folder that may not be entered is kept as a target,
 * so that reading it fails where everyone sees it.
 *
 * One folder of known depth is listed by hand: a glob library would drop links and unreadable folders without a word.
 */
export function discoverTargets(
  flags: TargetFlags,
  state: State,
  cwd: string,
): { readonly scope: Scope; readonly skipped: readonly SkippedPath[] } {
  if (flags.store !== undefined || flags.agent !== undefined) {
    throw new SessionsError('USAGE', '--discover cannot be combined with --store or --agent');
  }
  const root = path.join(state.stateDir, 'agents');
  const targets = [...selectTargets({ allAgents: true }, state, cwd).targets];
  const known = new Set(targets.map((target) => target.path));
  const skipped: SkippedPath[] = [];
  for (const name of agentFolders(root)) {
    const store = path.join(root, name, 'sessions', 'sessions.json');
    if (known.has(store)) continue;
    const agentId = normalizeAgentId(name);
    const json = lookAt(root, [name, 'sessions', 'sessions.json']);
    const database = lookAt(root, [name, 'agent', databaseName]);
    for (const found of [json, database]) {
      const isNew = found.state === 'skipped' && skipped.every((each) => each.path !== found.path);
      if (isNew) skipped.push(found);
    }
    // Where one of the two is skipped, the other is read without looking at it.
    if (json.state === 'store') targets.push({ agentId, path: store, isNamed: database.state === 'skipped' });
    else if (database.state === 'store' && mayHoldSessions(path.join(root, name, 'agent', databaseName))) {
      const isNamed = json.state === 'skipped';
      targets.push({ agentId, path: isNamed ? path.join(root, name, 'agent', databaseName) : store, isNamed });
    }
  }
  return { scope: { targets, allAgents: true }, skipped };
}

export interface SkippedPath {
  readonly path: string;
  readonly reason: string;
}

type Found = { readonly state: 'store' | 'nothing' } | ({ readonly state: 'skipped' } & SkippedPath);

/** Walks down from the root one name at a time, so that a link is seen at whatever level it stands. */
function lookAt(root: string, names: readonly string[]): Found {
  let current = root;
  for (const [depth, name] of names.entries()) {
    current = path.join(current, name);
    const isLast = depth === names.length - 1;
    let stat: fs.Stats | undefined;
    try {
      stat = fs.lstatSync(current, { throwIfNoEntry: false });
    } catch {
      return { state: 'store' };
    }
    if (stat === undefined) return { state: 'nothing' };
    if (stat.isSymbolicLink()) return { state: 'skipped', path: current, reason: 'it is a link' };
    if (isLast && !stat.isFile()) return { state: 'skipped', path: current, reason: 'it is not a regular file' };
    if (!isLast && !stat.isDirectory()) return { state: 'nothing' };
  }
  return { state: 'store' };
}

function agentFolders(root: string): readonly string[] {
  try {
    return fs.readdirSync(root).sort();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new SessionsError('STORE_UNREADABLE', `Agents folder cannot be read: ${root}: ${message}`, {
      details: { path: root },
      cause: error,
    });
  }
}
