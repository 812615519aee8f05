import { SessionsError } from '../errors.ts';
import { type DialPlan, type DialSeams, openGateway } from './dial.ts';
import { isNothingListening } from './failures.ts';
import { describeTarget } from './target.ts';

/** What is forwarded: the four booleans always, the two texts only when given (OpenClaw 2026.5.12). */
export interface CleanupParams {
  readonly agent?: string;
  readonly allAgents: boolean;
  readonly enforce: boolean;
  readonly activeKey?: string;
  readonly fixMissing: boolean;
  readonly fixDmScope: boolean;
}

export interface ForwardOptions extends DialSeams {
  /** Called once a Gateway is there and before it is asked; throws to call it off. */
  readonly lastCheck?: () => Promise<void>;
}

/** Where a cleanup has to be done. */
export type Forwarded =
  /** It was done by the Gateway; the payload is its summary, untouched. */
  | { readonly by: 'gateway'; readonly payload: unknown }
  /** Nothing listened there: it is ours to do. */
  | { readonly by: 'nobody' };

/**
 * Hands a cleanup to the Gateway that owns the stores (V8, docs/gateway.md).
 *
 * The time limit is for the whole exchange. Only a refused connection means that nobody is there; once connected, every
 * failure is a failure, and nothing is ever done a second time.
 *
 * @throws SessionsError GATEWAY_REJECTED when the Gateway answered with an error, GATEWAY_UNREACHABLE, GATEWAY_FAILED or
 *   GATEWAY_UNKNOWN_OUTCOME when it could not be asked or did not answer
 */
export async function forwardCleanup(
  plan: DialPlan,
  params: CleanupParams,
  { lastCheck, ...seams }: ForwardOptions = {},
): Promise<Forwarded> {
  const limitMs = plan.connectTimeoutMs;
  const deadlineMs = plan.now() + limitMs;
  let connection;
  try {
    connection = await openGateway(plan, seams);
  } catch (error) {
    if (isNothingListening(error)) return { by: 'nobody' };
    throw error;
  }
  try {
    const { target, hello } = connection;
    if (!hello.methods.includes(method)) {
      const message = `active gateway does not support required method "${method}" for "sessions cleanup".`;
      throw new SessionsError('GATEWAY_FAILED', `${message}\n${describeTarget(target)}`, {
        hint: 'Update OpenClaw on the host of the Gateway, or stop the Gateway to clean up locally.',
      });
    }
    await lastCheck?.();
    const timeoutMs = Math.max(1, deadlineMs - plan.now());
    return { by: 'gateway', payload: await connection.request(method, params, { writes: true, timeoutMs, limitMs }) };
  } finally {
    await connection.close();
  }
}

const method = 'sessions.cleanup';
