import { connect, type Socket } from 'node:net';
import type { SessionsError } from '../errors.ts';
import { interruption, lostConnection, unreachable } from './failures.ts';
import type { GatewayTarget } from './target.ts';
import { type StartTimer, systemTimer } from './timer.ts';

export interface TcpOptions {
  readonly timeoutMs: number;
  /** The limit to name in a message, when `timeoutMs` is only what is left of it. */
  readonly limitMs?: number;
  readonly signal: AbortSignal;
  readonly startTimer?: StartTimer;
}

/**
 * Opens the connection below the WebSocket. A step of its own, since it decides whether anybody is there: once it has
 * succeeded nothing may be done locally any more. It also comes before the WebSocket library is loaded, so that a
 * command for which nobody listens stays quick.
 *
 * @throws SessionsError GATEWAY_UNREACHABLE, with the system's code, or GATEWAY_FAILED when it takes too long
 */
export function connectTcp(target: GatewayTarget, options: TcpOptions): Promise<Socket> {
  const { timeoutMs, limitMs = timeoutMs, signal, startTimer = systemTimer } = options;
  const { hostname, port, protocol } = target.url;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (protocol === 'wss:' ? 443 : 80) : Number(port),
      noDelay: true,
    });
    const settle = (): void => {
      cancelTimer();
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: SessionsError): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => {
      fail(lostConnection(target, interruption(signal)));
    };
    const cancelTimer = startTimer(() => {
      const reason = `gateway timeout after ${limitMs}ms: no connection`;
      fail(lostConnection(target, { code: 'GATEWAY_FAILED', reason }));
    }, timeoutMs);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    // Stays: an error before the next owner listens must not end the process.
    socket.on('error', (error) => {
      fail(unreachable(target, errorCode(error), error));
    });
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}

/** A name with several addresses fails with all their errors; only if all were refused did nothing listen. */
function errorCode(error: Error): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  const codes = errors.map((each: NodeJS.ErrnoException) => each.code ?? 'unknown error');
  return codes.find((code) => code !== 'ECONNREFUSED') ?? 'ECONNREFUSED';
}
