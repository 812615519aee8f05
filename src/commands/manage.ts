import {
  type FoundSession,
  isKeyOfAgent,
  type KeyFailure,
  type KeyPlan,
  type KeyResult,
  type Operation,
  planKey,
  unconfirmed,
} from '../core/manage/plan.ts';
import { reportKeys } from '../core/manage/report.ts';
import { exitCodes, SessionsError } from '../errors.ts';
import type { Flags } from '../program.ts';
import { renderManageJson } from '../render/manage-json.ts';
import { renderManageText } from '../render/manage-text.ts';
import { canAsk, confirm } from './confirm.ts';
import type { Context, Rendered } from './types.ts';

/** Where the sessions are kept: a Gateway, or a store file. */
export interface SessionKeeper {
  /** Last part of every agent's main key. */
  readonly mainKey: string;
  find(key: string): Promise<FoundSession | undefined>;
  /** What would become of these sessions, as far as can be told without doing anything; one result per key. */
  rehearse(todo: readonly ToDo[]): Promise<readonly KeyResult[]>;
  /**
   * Does the operation to these sessions, in this order; one result per key. @throws SessionsError when nothing at all
   * was done
   */
  perform(todo: readonly ToDo[]): Promise<Performed>;
  /** True when the last failure to find was not about one session: nothing more can be done. */
  isEnded(): boolean;
}

/** A session that is to be seen to, and the key it was asked for by. */
export type ToDo = Extract<KeyPlan, { kind: 'act' }>;

export interface Performed {
  readonly results: readonly KeyResult[];
  /** What ended the work before its end. */
  readonly broken: SessionsError | undefined;
}

export interface ManageRequest {
  readonly operation: Operation;
  readonly keys: readonly string[];
  readonly agentId: string | undefined;
  readonly flags: Pick<Flags, 'dryRun' | 'yes' | 'json'>;
}

/**
 * Does one operation to several sessions: looks every key up, decides, asks, does the valid ones in the order given, and
 * reports one result per key. A key given twice is done once and reported twice.
 */
export async function manageSessions(
  request: ManageRequest,
  keeper: SessionKeeper,
  { world, messages }: Context,
): Promise<Rendered> {
  const { operation, agentId, flags } = request;
  const plans = await planKeys(request, keeper);
  const todo = plans.filter((plan) => plan.kind === 'act');
  const performed = await seeTo(todo, request, keeper, world);
  if (performed === 'cancelled') return { stdout: 'Cancelled.\n', exitCode: exitCodes.ok };

  const { results, broken } = performed;
  const byKey = new Map(results.map((result) => [result.key, result]));
  for (const plan of plans) if (plan.kind === 'settled') byKey.set(plan.result.key, plan.result);
  const inOrder = request.keys.map((key) => byKey.get(key)).filter((result) => result !== undefined);
  const report = reportKeys(operation, flags.dryRun === true, inOrder);
  if (flags.json === true) return { stdout: renderManageJson(report, broken), exitCode: report.exitCode };
  for (const result of new Set(inOrder)) if (!result.ok) messages.error(`${operation} ${result.key}: ${result.error}`);
  for (const line of restOf(broken)) messages.error(line);
  return { stdout: renderManageText(report, agentId), exitCode: report.exitCode };
}

async function planKeys(request: ManageRequest, keeper: SessionKeeper): Promise<readonly KeyPlan[]> {
  const plans: KeyPlan[] = [];
  for (const key of new Set(request.keys)) {
    try {
      const session = isKeyOfAgent(key, request.agentId) ? await keeper.find(key) : undefined;
      plans.push(planKey({ ...request, key, session, mainKey: keeper.mainKey }));
    } catch (error) {
      if (!(error instanceof SessionsError) || keeper.isEnded()) throw error;
      plans.push({ kind: 'settled', result: failed(key, error) });
    }
  }
  return plans;
}

/** Rehearses, asks, or does it. */
async function seeTo(
  todo: readonly ToDo[],
  { operation, flags }: ManageRequest,
  keeper: SessionKeeper,
  world: Context['world'],
): Promise<Performed | 'cancelled'> {
  if (todo.length === 0) return { results: [], broken: undefined };
  if (flags.dryRun === true) return { results: await keeper.rehearse(todo), broken: undefined };
  if (operation !== 'archive' && flags.yes !== true) {
    if (flags.json === true || !canAsk(world)) {
      return { results: todo.map(({ key }) => unconfirmed(operation, key)), broken: undefined };
    }
    if (!(await confirm(question(operation, todo), world))) return 'cancelled';
  }
  return await keeper.perform(todo);
}

/** Sees to one session after another, until something ends the work as a whole; the rest is then not tried. */
export async function oneByOne(
  todo: readonly ToDo[],
  perform: (todo: ToDo) => Promise<KeyResult>,
  isEnded: () => boolean,
): Promise<Performed> {
  const results: KeyResult[] = [];
  let broken: SessionsError | undefined;
  for (const each of todo) {
    if (broken !== undefined) results.push(notTried(each.key, broken));
    else {
      try {
        results.push(await perform(each));
      } catch (error) {
        if (!(error instanceof SessionsError)) throw error;
        results.push(failed(each.key, error));
        if (isEnded()) broken = error;
      }
    }
  }
  return { results, broken };
}

/** The result of a key that could not be seen to. */
export const failed = (key: string, { message, code }: SessionsError): KeyFailure => ({
  key,
  ok: false,
  status: 'failed',
  error: message.split('\n')[0] ?? message,
  code,
});

const notTried = (key: string, { code }: SessionsError): KeyFailure => ({
  key,
  ok: false,
  status: 'failed',
  error: 'Not tried: the work had to end before it.',
  code: code === 'GATEWAY_UNKNOWN_OUTCOME' ? 'GATEWAY_FAILED' : code,
});

/** What a failure says besides its first line, which stands beside the key. */
function restOf(error: SessionsError | undefined): readonly string[] {
  if (error === undefined) return [];
  return [...error.message.split('\n').slice(1), ...(error.hint === undefined ? [] : [error.hint])];
}

function question(operation: 'delete' | 'reset', todo: readonly { readonly key: string }[]): string {
  const shown = todo.slice(0, 10).map(({ key }) => `  ${key}`);
  const more = todo.length > shown.length ? [`  and ${todo.length - shown.length} more`] : [];
  const count = `${todo.length} session${todo.length === 1 ? '' : 's'}`;
  const asked =
    operation === 'delete' ? `Delete ${count} and remove live transcript state?` : `Reset ${count} and start afresh?`;
  return [...shown, ...more, asked].join('\n');
}
