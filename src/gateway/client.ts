import { randomUUID } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { type ClientOptions as SocketOptions, type RawData, WebSocket } from 'ws';
import { SessionsError } from '../errors.ts';
import {
  type Ending,
  interruption,
  lostConnection,
  refusedConnect,
  refusedRequest,
  socketFailure,
} from './failures.ts';
import type { ConnectParams } from './connect-params.ts';
import {
  closeMeaning,
  defaultMaxPayloadBytes,
  type EventFrame,
  type Frame,
  type GatewayError,
  type Hello,
  maxConnectFrameBytes,
  parseChallenge,
  parseFrame,
  parseHello,
  type ResponseFrame,
  stringifyRequest,
} from './protocol.ts';
import type { GatewayTarget } from './target.ts';
import { type StartTimer, systemTimer } from './timer.ts';
import { normalizeFingerprint } from './tls.ts';

/** An accepted connection. Once it has failed, every request fails the same way. */
export interface GatewayConnection {
  readonly target: GatewayTarget;
  readonly hello: Hello;
  /** True once the connection is of no use any more. */
  readonly isEnded: () => boolean;
  /**
   * Sends one request and waits for its answer.
   *
   * @returns the payload, unchecked and untouched
   * @throws GatewayRefusal (GATEWAY_REJECTED) when the Gateway answered with an error; GATEWAY_FAILED when it never
   *   answered a request that changes nothing; GATEWAY_UNKNOWN_OUTCOME when it never answered one that does
   */
  request(method: string, params: object, options: RequestOptions): Promise<unknown>;
  /** Says goodbye and waits a moment for the other side; never throws. */
  close(): Promise<void>;
}

export interface RequestOptions {
  readonly timeoutMs: number;
  /** The limit to name in a message, when `timeoutMs` is only what is left of it. */
  readonly limitMs?: number;
  /** Whether the request may change something: then a lost answer leaves the outcome unknown. */
  readonly writes: boolean;
}

export interface ClientOptions {
  readonly target: GatewayTarget;
  /** The certificate's SHA-256 fingerprint, the only thing that then counts. */
  readonly pin: string | undefined;
  /** Parameters of `connect` for the nonce of this connection. */
  readonly connectParams: (nonce: string) => ConnectParams;
  /** The connection, just made (tcp.ts); the client ends it. */
  readonly transport: Socket;
  /** For upgrade, challenge and hello together. */
  readonly connectTimeoutMs: number;
  /** The limit to name in a message, when `connectTimeoutMs` is only what is left of it. */
  readonly connectLimitMs?: number;
  /** Aborted by the user; the reason is the name of the signal. */
  readonly signal: AbortSignal;
  /** Hides secrets in what the Gateway says, in case it echoes them. */
  readonly redact: (text: string) => string;
  /** Events between the answers, and frames that make no sense. */
  readonly onEvent?: (event: EventFrame) => void;
  readonly onOddFrame?: (reason: string) => void;
  readonly createId?: () => string;
  readonly startTimer?: StartTimer;
}

/**
 * Makes a WebSocket of a connection and shakes hands: waits for the challenge, sends `connect`, waits for the hello.
 *
 * @throws GatewayRefusal (GATEWAY_FAILED) when the Gateway turned us down; SessionsError GATEWAY_FAILED for every other
 *   failure
 */
export async function connectGateway(options: ClientOptions): Promise<GatewayConnection> {
  const { target, connectTimeoutMs, connectLimitMs = connectTimeoutMs, startTimer = systemTimer } = options;
  if (options.transport.destroyed) {
    throw lostConnection(target, { code: 'GATEWAY_FAILED', reason: 'The Gateway closed the connection at once' });
  }
  const link = createLink(options);
  const cancelTimer = startTimer(() => {
    link.end({ code: 'GATEWAY_FAILED', reason: `gateway timeout after ${connectLimitMs}ms: ${link.waitingFor()}` });
  }, connectTimeoutMs);
  try {
    const nonce = await link.challenge;
    const hello = parseHello(await link.request('connect', options.connectParams(nonce), { writes: false }));
    if (hello === undefined) throw link.end({ code: 'GATEWAY_FAILED', reason: 'The Gateway answered without a hello' });
    link.greet(hello);
    return { target, hello, isEnded: link.isEnded, request: link.request, close: link.close };
  } catch (error) {
    link.end({ code: 'GATEWAY_FAILED', reason: 'The connection was given up' });
    throw error;
  } finally {
    cancelTimer();
  }
}

interface Pending {
  readonly method: string;
  readonly writes: boolean;
  readonly settle: (response: ResponseFrame | SessionsError) => void;
}

/** One socket with its requests in flight. It ends once, for one reason, and everything that waits fails with it. */
function createLink(options: ClientOptions) {
  const { target, signal, redact, startTimer = systemTimer, createId = randomUUID } = options;
  const { onEvent = ignore, onOddFrame = ignore } = options;
  const challenge = Promise.withResolvers<string>();
  // Nobody may be waiting for it any more when the connection ends.
  challenge.promise.catch(ignore);
  const pending = new Map<string, Pending>();
  let hello: Hello | undefined;
  let failure: SessionsError | undefined;
  let isOpen = false;
  let isChallenged = false;

  const socket = new WebSocket(target.url, socketOptions(options));

  /** Ends the link, unless it has ended before; returns what it ended with. */
  const end = (ending: Ending): SessionsError => {
    if (failure !== undefined) return failure;
    failure = lostConnection(target, ending);
    signal.removeEventListener('abort', onAbort);
    challenge.reject(failure);
    for (const { method, writes, settle } of pending.values()) {
      settle(writes ? lostConnection(target, ending, method) : failure);
    }
    pending.clear();
    socket.terminate();
    return failure;
  };
  const onAbort = (): void => {
    end(interruption(signal));
  };

  const onFrame = (frame: Frame): void => {
    if (frame.kind === 'malformed') {
      const awaited = frame.id === undefined ? undefined : pending.get(frame.id);
      if (hello === undefined || awaited !== undefined) {
        end({
          code: 'GATEWAY_FAILED',
          reason: `${target.shownUrl} does not answer as an OpenClaw Gateway (${frame.reason})`,
        });
      } else onOddFrame(frame.reason);
    } else if (frame.kind === 'response') {
      const request = pending.get(frame.id);
      pending.delete(frame.id);
      // Late, doubled or for somebody else: nobody waits for it.
      if (request === undefined) onOddFrame('an answer to no request of ours');
      else request.settle(frame);
    } else if (frame.event === 'connect.challenge' && !isChallenged) {
      const nonce = parseChallenge(frame.payload);
      isChallenged = nonce !== undefined;
      if (nonce === undefined) end({ code: 'GATEWAY_FAILED', reason: 'The Gateway sent a challenge without a nonce' });
      else challenge.resolve(nonce);
    } else onEvent(frame);
  };

  socket.on('upgrade', ({ socket: transport }) => {
    if (options.pin === undefined || shownFingerprint(transport) === options.pin) return;
    end({ code: 'GATEWAY_FAILED', reason: 'gateway tls fingerprint mismatch' });
  });
  socket.on('open', () => {
    isOpen = true;
  });
  socket.on('message', (data, isBinary) => {
    if (failure !== undefined) return;
    onFrame(isBinary ? { kind: 'malformed', reason: 'binary data' } : parseFrame(textOf(data)));
  });
  socket.on('error', (error) => {
    end(socketFailure(error, target, redact));
  });
  socket.on('close', (code, reason) => {
    const said = reason.length > 0 ? redact(reason.toString('utf8')) : closeMeaning(code);
    end({ code: 'GATEWAY_FAILED', reason: `The Gateway closed the connection (${code}: ${said})` });
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });

  const request = async (
    method: string,
    params: object,
    { writes, timeoutMs, limitMs = timeoutMs }: Partial<RequestOptions> & Pick<RequestOptions, 'writes'>,
  ): Promise<unknown> => {
    if (failure !== undefined) throw failure;
    const id = createId();
    const text = stringifyRequest({ id, method, params });
    assertSendable(text, method, hello);
    const answer = new Promise<ResponseFrame | SessionsError>((settle) => pending.set(id, { method, writes, settle }));
    const cancelTimer =
      timeoutMs === undefined
        ? ignore
        : startTimer(() => {
            end({ code: 'GATEWAY_FAILED', reason: `gateway timeout after ${limitMs}ms: no answer to ${method}` });
          }, timeoutMs);
    socket.send(text, (error) => {
      if (error) end(socketFailure(error, target, redact));
    });
    const response = await answer;
    cancelTimer();
    if (response instanceof SessionsError) throw response;
    if (response.ok) return response.payload;
    const error = redactError(response.error, redact);
    throw method === 'connect' ? refusedConnect(target, error) : refusedRequest(target, method, error);
  };

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      signal.removeEventListener('abort', onAbort);
      if (socket.readyState === WebSocket.CLOSED) {
        resolve();
        return;
      }
      failure ??= new SessionsError('GATEWAY_FAILED', 'The connection is closed.');
      const cancelTimer = startTimer(() => {
        socket.terminate();
      }, farewellMs);
      socket.once('close', () => {
        cancelTimer();
        resolve();
      });
      socket.close();
    });

  return {
    challenge: challenge.promise,
    request,
    end,
    close,
    isEnded: (): boolean => failure !== undefined,
    greet: (accepted: Hello): void => {
      hello = accepted;
    },
    waitingFor: (): string =>
      isChallenged
        ? 'no answer to connect'
        : isOpen
          ? 'connected, but never challenged'
          : 'the connection did not open',
  };
}

/** How long a silent Gateway may take to close its side. */
const farewellMs = 500;

const ignore = (): void => undefined;

function socketOptions({ target, transport, pin }: ClientOptions): SocketOptions {
  const { hostname, protocol } = target.url;
  // An address is no server name.
  const servername = isIP(hostname.replace(/^\[(.*)\]$/, '$1')) === 0 ? hostname : '';
  const createConnection = (options: object): Socket =>
    protocol === 'wss:' ? connectTls({ ...options, socket: transport, servername }) : transport;
  return {
    createConnection: createConnection as NonNullable<SocketOptions['createConnection']>,
    maxPayload: defaultMaxPayloadBytes,
    perMessageDeflate: false,
    followRedirects: false,
    // With a pin the fingerprint is compared instead, before anything secret is sent.
    ...(pin === undefined ? {} : { rejectUnauthorized: false }),
  };
}

/** Every text of an error may end up in a message. */
function redactError(
  { code, message, details, ...rest }: GatewayError,
  redact: (text: string) => string,
): GatewayError {
  const texts = Object.entries(details ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? redact(value) : value,
  ]);
  return {
    ...rest,
    code: redact(code),
    message: redact(message),
    details: details === undefined ? undefined : (Object.fromEntries(texts) as GatewayError['details']),
  };
}

function shownFingerprint(transport: unknown): string | undefined {
  if (!(transport instanceof TLSSocket)) return undefined;
  const fingerprint = transport.getPeerX509Certificate()?.fingerprint256;
  return fingerprint === undefined ? undefined : normalizeFingerprint(fingerprint);
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}

function assertSendable(text: string, method: string, hello: Hello | undefined): void {
  const limit = hello?.maxPayloadBytes ?? maxConnectFrameBytes;
  const size = Buffer.byteLength(text);
  if (size <= limit) return;
  throw new SessionsError(
    'REFUSED',
    `The request ${method} is too large for the Gateway: ${size} bytes, limit ${limit}.`,
  );
}
