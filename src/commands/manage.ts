import {
  type FoundSession,
  isKeyOfAgent,
  type KeyFailure,
  type KeyPlan,
  type KeyResult,
  type KeySuccess,
  type Operation,
  planKey,
  unconfirmed,
  wouldDo,
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
  /** Why a dry run must not promise that it would be done; undefined when it may. */
  readonly unable: SessionsError | undefined;
  find(key: string): Promise<FoundSession | undefined>;
  /** Does the operation to one session. @throws SessionsError about this session, or about the keeper: see isEnded */
  perform(key: string, session: FoundSession): Promise<KeyResult>;
  /** True when the last failure was not about one session: nothing more can be done. */
  isEnded(): boolean;
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
  const settled = flags.dryRun === true ? plans.map((plan) => rehearse(plan, operation, keeper)) : plans;
  const todo = settled.filter((plan) => plan.kind === 'act');
  let confirmed: readonly KeyPlan[] = settled;
  if (operation !== 'archive' && todo.length > 0 && flags.yes !== true) {
    if (flags.json === true || !canAsk(world)) confirmed = settled.map((plan) => refuse(plan, operation));
    else if (!(await confirm(question(operation, todo), world)))
      return { stdout: 'Cancelled.\n', exitCode: exitCodes.ok };
  }
  const { results, broken } = await performAll(confirmed, keeper);

  const byKey = new Map(results.map((result) => [result.key, result]));
  const inOrder = request.keys.map((key) => byKey.get(key)).filter((result) => result !== undefined);
  const report = reportKeys(operation, flags.dryRun === true, inOrder);
  if (flags.json === true) return { stdout: renderManageJson(report, broken), exitCode: report.exitCode };
  for (const result of results) if (!result.ok) messages.error(`${operation} ${result.key}: ${result.error}`);
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

function rehearse(plan: KeyPlan, operation: Operation, { unable }: SessionKeeper): KeyPlan {
  if (plan.kind === 'settled') return plan;
  return { kind: 'settled', result: unable === undefined ? wouldDo(operation, plan.key) : failed(plan.key, unable) };
}

function refuse(plan: KeyPlan, operation: 'delete' | 'reset'): KeyPlan {
  return plan.kind === 'settled' ? plan : { kind: 'settled', result: unconfirmed(operation, plan.key) };
}

interface Performed {
  readonly results: readonly (KeySuccess | KeyFailure)[];
  /** What ended the work before its end. */
  readonly broken: SessionsError | undefined;
}

async function performAll(plans: readonly KeyPlan[], keeper: SessionKeeper): Promise<Performed> {
  const results: KeyResult[] = [];
  let broken: SessionsError | undefined;
  for (const plan of plans) {
    if (plan.kind === 'settled') results.push(plan.result);
    else if (broken !== undefined) results.push(notTried(plan.key, broken));
    else {
      try {
        results.push(await keeper.perform(plan.key, plan.session));
      } catch (error) {
        if (!(error instanceof SessionsError)) throw error;
        results.push(failed(plan.key, error));
        if (keeper.isEnded()) broken = error;
      }
    }
  }
  return { results, broken };
}

const failed = (key: string, { message, code }: SessionsError): KeyFailure => ({
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
