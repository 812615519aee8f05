import { loadState } from '../config/state.ts';
import { sessionIdOf } from '../core/cleanup/choose.ts';
import type { FoundSession, KeyResult } from '../core/manage/plan.ts';
import { notFound, wouldDo } from '../core/manage/plan.ts';
import { SessionsError } from '../errors.ts';
import type { Flags } from '../program.ts';
import { undoneLine } from '../render/cleanup-messages.ts';
import { checkTargetFlags, selectTargets } from '../scope/targets.ts';
import { chooseStore } from '../stores/choose.ts';
import { type DeletedRow, type DeleteInput, deleteRows, previewDeletion } from '../stores/json/delete.ts';
import { holdStore } from '../stores/json/held-store.ts';
import { defaultReadOptions } from '../stores/json/open.ts';
import { manageSessions, type SessionKeeper, type ToDo } from './manage.ts';
import { otherStores } from './other-stores.ts';
import type { Context, Rendered } from './types.ts';

/**
 * `sessions delete --store <path>`: deletes from a JSON store without a Gateway.
 *
 * Side effects, in order: the store's lock, the store, the names of the transcripts of deleted rows.
 */
export async function deleteHere(
  keys: readonly string[],
  lockTimeoutMs: number,
  flags: Flags,
  context: Context,
): Promise<Rendered> {
  const { world, messages } = context;
  checkTargetFlags(flags);
  for (const name of ['url', 'token', 'password', 'timeout'] as const) {
    if (flags[name] !== undefined) throw new SessionsError('USAGE', `--store cannot be combined with --${name}`);
  }
  const state = await loadState(world, flags);
  for (const warning of state.warnings) messages.notice(warning);
  const [target] = selectTargets(flags, state, world.cwd).targets;
  if (target === undefined) throw new Error('--store names no target');
  const choice = await chooseStore(target, state.stateDir);
  if (choice.kind === 'sqlite') throw notOurs(choice.path);
  using store = holdStore(target.path, { fields: ['sessionId'], now: () => world.now(), read: defaultReadOptions });
  if (store.state === 'absent') messages.notice(`Session store does not exist: ${target.path}`);
  const entries = new Map(store.rows.map(({ key, entry }) => [key, entry]));

  const others = otherStores(state, context);
  const inputFor = (todo: readonly ToDo[]): DeleteInput => ({
    target,
    stateDir: state.stateDir,
    others,
    wanted: new Map(todo.map(({ key, session }) => [key, session.sessionId])),
    now: () => world.now(),
    isRunning: world.isRunning,
  });
  const keeper: SessionKeeper = {
    mainKey: state.config.session?.mainKey ?? 'main',
    find: (key) => Promise.resolve(entries.has(key) ? found(key, entries.get(key)) : undefined),
    isEnded: () => true,
    rehearse: (todo) =>
      Promise.resolve([...previewDeletion(inputFor(todo))].map(([key, row]) => wouldBe(resultOf(key, row)))),
    perform: async (todo) => {
      const { rows, undone } = await deleteRows(
        inputFor(todo),
        {
          timeoutMs: lockTimeoutMs,
          pid: world.pid,
          isRunning: world.isRunning,
          interrupted: world.interrupted,
          onWait: (holder) => {
            messages.notice(`Waiting for the lock held by ${holder}`);
          },
        },
        {
          onStep: () => undefined,
          onReplan: () => {
            messages.detail(`${target.path} was changed meanwhile: reading it again`);
          },
          safePoint: () => {
            if (world.interrupted.aborted) throw interrupted(world.interrupted);
          },
        },
      );
      for (const step of undone) messages.error(undoneLine(step));
      return { results: [...rows].map(([key, row]) => resultOf(key, row)), broken: undefined };
    },
  };
  return await manageSessions({ operation: 'delete', keys, agentId: undefined, flags }, keeper, context);
}

const found = (key: string, entry: unknown): FoundSession => ({
  key,
  sessionId: sessionIdOf(entry),
  isArchived: undefined,
  isMain: undefined,
});

const wouldBe = (result: KeyResult): KeyResult => (result.ok ? wouldDo('delete', result.key) : result);

function resultOf(key: string, row: DeletedRow): KeyResult {
  const failed = (error: string, code: 'REFUSED' | 'STORE_OVERWRITTEN'): KeyResult => ({
    key,
    ok: false,
    status: 'failed',
    error,
    code,
  });
  switch (row.state) {
    case 'deleted':
      return { key, ok: true, status: 'deleted', ...(row.archived.length === 0 ? {} : { archived: row.archived }) };
    case 'gone':
      return notFound(key, undefined);
    case 'changed':
      return failed(`Session ${key} changed before deletion. Retry.`, 'REFUSED');
    case 'in-use': {
      const holder = row.pid === undefined ? 'in use' : `in use by process ${row.pid}`;
      return failed(`Its transcript is ${holder}. Delete it through the Gateway, or try again later.`, 'REFUSED');
    }
    case 'overwritten':
      return failed(
        'Another program has written it back. Stop it, or delete through the Gateway.',
        'STORE_OVERWRITTEN',
      );
  }
}

function notOurs(path: string): SessionsError {
  return new SessionsError('STORE_NOT_OURS', `Sessions in a SQLite database are deleted by OpenClaw itself: ${path}`, {
    hint: 'Leave --store out: then the Gateway that owns the database deletes them.',
    details: { path },
  });
}

function interrupted({ reason }: AbortSignal): SessionsError {
  return new SessionsError(reason === 'SIGTERM' ? 'TERMINATED' : 'INTERRUPTED', 'Interrupted: the store is as it was.');
}
