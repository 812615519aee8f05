import { loadState, type State } from '../config/state.ts';
import { type ListReport, reportList, type StoreFailure, type StoreRows } from '../core/list/report.ts';
import { exitCodes, SessionsError } from '../errors.ts';
import { readListOptions, type ListOptions } from '../options/list.ts';
import type { Flags } from '../program.ts';
import { renderListJson } from '../render/list-json.ts';
import { type Scope, selectTargets } from '../scope/targets.ts';
import { openStore } from '../stores/index.ts';
import type { World } from '../world.ts';
import type { Context, Messages, RunCommand } from './types.ts';

/**
 * `sessions list`: the stored sessions, newest first. Reads stores and writes nothing. A store that cannot be read does
 * not hide the others: with several it is named in the report, and the exit code says so.
 */
export const list: RunCommand = async (flags, _args, context) => {
  const { world, messages } = context;
  const state = await loadState(world, flags);
  for (const warning of state.warnings) messages.notice(warning);
  const scope = await chooseStores(flags, state, context);
  const options = readListOptions(flags);
  const read = await readStores(scope, options, world.now(), messages);
  const report = reportList({
    ...scope,
    stores: scope.targets,
    ...read,
    options,
    config: state.config,
    nowMs: world.now(),
  });
  return {
    stdout: flags.json === true ? renderListJson(report) : await renderForPeople(report, flags, world),
    exitCode: report.failures.length > 0 || read.hasBadRows ? exitCodes.storeRefused : exitCodes.ok,
  };
};

async function chooseStores(flags: Flags, state: State, { world, messages }: Context): Promise<Scope> {
  if (flags.discover !== true) return selectTargets(flags, state, world.cwd);
  const { discoverTargets } = await import('../scope/discover.ts');
  const { scope, skipped } = discoverTargets(flags, state, world.cwd);
  for (const { path, reason } of skipped) messages.notice(`Skipped ${path}: ${reason}`);
  return scope;
}

interface ReadStores {
  readonly read: readonly StoreRows[];
  readonly failures: readonly StoreFailure[];
  readonly hasBadRows: boolean;
}

async function readStores(scope: Scope, options: ListOptions, nowMs: number, messages: Messages): Promise<ReadStores> {
  const { activeMinutes, limit } = options;
  const query = { limit, ...(activeMinutes === null ? {} : { updatedSinceMs: nowMs - activeMinutes * 60_000 }) };
  const read: StoreRows[] = [];
  const failures: StoreFailure[] = [];
  let hasBadRows = false;
  for (const target of scope.targets) {
    try {
      const store = await openStore(target);
      const { exists, path, total, rows, badRows } = await store.list(query);
      messages.detail(
        `Agent ${target.agentId}: ${store.kind} store ${path}: ${exists ? `${total} rows` : 'does not exist'}`,
      );
      for (const { key, reason } of badRows) messages.error(`Row skipped in ${path}: ${key}: ${reason}`);
      hasBadRows ||= badRows.length > 0;
      read.push({ agentId: target.agentId, total, rows });
    } catch (error) {
      if (!(error instanceof SessionsError) || !scope.allAgents) throw error;
      messages.error(error.message);
      failures.push({ ...target, code: error.code, message: error.message });
    }
  }
  return { read, failures, hasBadRows };
}

async function renderForPeople(report: ListReport, flags: Flags, world: World): Promise<string> {
  const { renderList } = await import('../render/list.ts');
  return renderList(report, flags, world);
}
