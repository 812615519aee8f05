import { loadState, type State } from '../config/state.ts';
import { reportList, type StoreFacts, type StoreFailure, type StoreRows } from '../core/list/report.ts';
import { exitCodes, SessionsError } from '../errors.ts';
import { readListOptions, type ListOptions } from '../options/list.ts';
import type { Flags } from '../program.ts';
import { renderListJson } from '../render/list-json.ts';
import { renderList } from '../render/list.ts';
import { choiceNotices, describeChoice } from '../render/store-choice.ts';
import { type Scope, selectTargets } from '../scope/targets.ts';
import { chooseStores, type StoreChoice } from '../stores/choose.ts';
import { openStore } from '../stores/index.ts';
import type { RowSet, StoreTarget } from '../stores/types.ts';
import type { Context, Messages, RunCommand } from './types.ts';

/**
 * `sessions list`: the stored sessions, newest first. Reads stores and writes nothing. A store that cannot be read does
 * not hide the others: with several it is named in the report, and the exit code says so.
 */
export const list: RunCommand = async (flags, _args, context) => {
  const { world, messages } = context;
  const state = await loadState(world, flags);
  for (const warning of state.warnings) messages.notice(warning);
  const scope = await chooseTargets(flags, state, context);
  const options = readListOptions(flags);
  const read = await readStores(scope, state.stateDir, { options, nowMs: world.now(), messages });
  if (flags.verbose === true) for (const { path, rows } of read.read) await sayOddFields(path, rows, messages);
  const report = reportList({
    allAgents: scope.allAgents,
    ...read,
    options,
    config: state.config,
    nowMs: world.now(),
  });
  return {
    stdout: flags.json === true ? renderListJson(report) : await renderList(report, flags, world),
    exitCode: report.failures.length > 0 || read.hasBadRows ? exitCodes.storeRefused : exitCodes.ok,
  };
};

async function chooseTargets(flags: Flags, state: State, { world, messages }: Context): Promise<Scope> {
  if (flags.discover !== true) return selectTargets(flags, state, world.cwd);
  const { discoverTargets } = await import('../scope/discover.ts');
  const { scope, skipped } = discoverTargets(flags, state, world.cwd);
  for (const { path, reason } of skipped) messages.notice(`Skipped ${path}: ${reason}`);
  return scope;
}

interface ReadStores {
  /** Every store that was looked at, in order, as the path that was really read. */
  readonly stores: readonly StoreFacts[];
  readonly read: readonly (StoreRows & RowSet)[];
  readonly failures: readonly StoreFailure[];
  readonly hasBadRows: boolean;
}

interface Reading {
  readonly options: ListOptions;
  readonly nowMs: number;
  readonly messages: Messages;
}

/** Reads target by target. With every agent asked for, one that fails is noted and the others are read. */
async function readStores(scope: Scope, stateDir: string, reading: Reading): Promise<ReadStores> {
  const stores: StoreFacts[] = [];
  const read: (StoreRows & RowSet)[] = [];
  const failures: StoreFailure[] = [];
  let hasBadRows = false;
  const orNote = async <T>(store: StoreFacts, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SessionsError) || !scope.allAgents) throw error;
      reading.messages.error(error.message);
      failures.push({ agentId: store.agentId, path: store.path, code: error.code, message: error.message });
      return undefined;
    }
  };
  for (const target of scope.targets) {
    const choices = await orNote(target, () => chooseFor(target, stateDir, reading.messages));
    if (choices === undefined) stores.push({ agentId: target.agentId, path: target.path });
    for (const choice of choices ?? []) {
      stores.push({ agentId: choice.agentId, path: choice.path });
      const rows = await orNote(choice, () => readStore(choice, reading));
      if (rows === undefined) continue;
      read.push(rows);
      hasBadRows ||= rows.badRows.length > 0;
    }
  }
  return { stores, read, failures, hasBadRows };
}

async function chooseFor(target: StoreTarget, stateDir: string, messages: Messages): Promise<readonly StoreChoice[]> {
  const choices = await chooseStores(target, stateDir);
  for (const choice of choices) {
    for (const notice of choiceNotices(choice)) messages.notice(notice);
    messages.detail(describeChoice(choice));
  }
  return choices;
}

/** Loaded for --verbose only. */
async function sayOddFields(path: string, rows: RowSet['rows'], messages: Messages): Promise<void> {
  const { tellOddFields } = await import('./odd-fields.ts');
  tellOddFields(path, rows, messages);
}

async function readStore(choice: StoreChoice, { options, nowMs, messages }: Reading): Promise<StoreRows & RowSet> {
  const { activeMinutes, limit } = options;
  const store = await openStore(choice);
  const rowSet = await store.list({
    limit,
    ...(activeMinutes === null ? {} : { updatedSinceMs: nowMs - activeMinutes * 60_000 }),
  });
  const { exists, path, total, badRows } = rowSet;
  messages.detail(`Agent ${choice.agentId}: ${path}: ${exists ? `${total} rows` : 'does not exist'}`);
  for (const { key, reason } of badRows) messages.error(`Row skipped in ${path}: ${key}: ${reason}`);
  return { agentId: choice.agentId, ...rowSet };
}
