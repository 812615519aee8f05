import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ConnectParams } from '../../src/gateway/connect-params.ts';

/** What a fake Gateway does with a request. */
export type Reply =
  | { readonly payload: unknown }
  | { readonly error: Readonly<Record<string, unknown>>; readonly close?: Close }
  /** Texts as they are, with `<id>` replaced by the id of the request; then perhaps a close. */
  | { readonly raw: readonly (string | Buffer)[]; readonly close?: Close }
  | { readonly close: Close }
  /** The connection is cut without a farewell. */
  | 'drop'
  | 'silence';

export type Close = readonly [code: number, reason: string];

type Answer = Reply | ((params: Record<string, unknown>, count: number) => Reply);

export interface FakeScript {
  /** What happens to a new connection: a WebSocket (default), HTTP 404 on the upgrade, cut at once, or nothing at all. */
  readonly transport?: 'websocket' | 'http-404' | 'drop' | 'mute';
  /** Sent as soon as the socket is open; null for none. Default: a proper challenge. */
  readonly greeting?: readonly string[] | null;
  /** Accepted token; default `test-token`. Null takes everybody. */
  readonly token?: string | null;
  /** Replaces the whole handshake answer, by number of the attempt (0, 1, …). */
  readonly connect?: Answer;
  /** Changes of the hello payload. */
  readonly hello?: Readonly<Record<string, unknown>>;
  readonly methods?: Readonly<Record<string, Answer>>;
  /** Sent before every answer. */
  readonly events?: readonly string[];
  /** Listens with TLS, on the certificate of fixtures/gateway/tls. */
  readonly tls?: boolean;
}

export interface FakeGateway {
  readonly port: number;
  readonly url: string;
  /** Every request after the handshake, in order. */
  readonly requests: readonly { readonly method: string; readonly params: Record<string, unknown> }[];
  /** The parameters of every `connect`. */
  readonly connects: readonly ConnectParams[];
  /** Connections accepted so far, whether or not they became WebSockets. */
  readonly connectionCount: () => number;
  /** Codes with which clients closed. */
  readonly closes: readonly number[];
  /** Resolves once this method was asked for, also if it was before. */
  requested(method: string): Promise<void>;
  stop(): Promise<void>;
}

export const testToken = 'test-token';

/** A hello as small as the real clients of 2026.5.12, 2026.7.35 and 2026.9.6 accept. */
export const minimalHello = {
  type: 'hello-ok',
  protocol: 4,
  server: { version: '2026.5.12', connId: 'c-1' },
  features: { methods: ['sessions.cleanup'], events: [] },
  snapshot: { presence: [], health: {}, stateVersion: { presence: 0, health: 0 }, uptimeMs: 1 },
  auth: { role: 'operator', scopes: ['operator.admin'] },
  policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
} as const;

export const challengeText = JSON.stringify({
  type: 'event',
  event: 'connect.challenge',
  payload: { nonce: 'nonce-1', ts: 1_795_212_094_313 },
});

/** A real WebSocket server on a free loopback port that plays a script; stopped when the test ends. */
export async function startFakeGateway(script: FakeScript = {}): Promise<FakeGateway> {
  const requests: { method: string; params: Record<string, unknown> }[] = [];
  const connects: ConnectParams[] = [];
  const closes: number[] = [];
  const waiting: { method: string; resolve: () => void }[] = [];
  const { transport = 'websocket', token = testToken } = script;

  const server = await listen(transport, script.tls === true, (socket) => {
    socket.on('close', (code: number) => closes.push(code));
    for (const text of script.greeting === undefined ? [challengeText] : (script.greeting ?? [])) socket.send(text);
    socket.on('message', (data: Buffer) => {
      const { id, method, params = {} } = JSON.parse(data.toString('utf8'));
      const answer = (reply: Reply): void => {
        for (const event of method === 'connect' ? [] : (script.events ?? [])) socket.send(event);
        play(socket, id, reply);
      };
      if (method === 'connect') {
        connects.push(params as ConnectParams);
        answer(resolve(script.connect ?? shakeHands(token, script.hello ?? {}), params, connects.length - 1));
        return;
      }
      const count = requests.filter((request) => request.method === method).length;
      requests.push({ method, params });
      answer(resolve(script.methods?.[method] ?? unknownMethod(method), params, count));
      for (const waiter of waiting) if (waiter.method === method) waiter.resolve();
    });
  });
  return {
    port: server.port,
    url: `${script.tls === true ? 'wss' : 'ws'}://127.0.0.1:${server.port}`,
    requests,
    connects,
    closes,
    connectionCount: server.connectionCount,
    requested: (method) =>
      new Promise((resolve) => {
        if (requests.some((request) => request.method === method)) resolve();
        else waiting.push({ method, resolve });
      }),
    stop: server.stop,
  };
}

/** A loopback port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const tlsFile = (name: string): string => path.resolve(fixtures, 'tls', name);

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/gateway');

const readTls = (name: string): Buffer => fs.readFileSync(tlsFile(name));

/** One line of a recorded exchange (fixtures/gateway). */
export interface RecordedLine {
  readonly dir?: 'in' | 'out' | 'close';
  readonly frame?: { readonly id?: string; readonly [field: string]: unknown };
  readonly note?: string;
}

/** The recorded connections of a fixture; the handshake may be missing. */
export function readRecording(name: string): readonly (readonly RecordedLine[])[] {
  const file = path.resolve(fixtures, name);
  const connections: RecordedLine[][] = [[]];
  for (const text of fs.readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as RecordedLine;
    if (line.note !== undefined && connections.at(-1)!.length > 0) connections.push([]);
    if (line.note === undefined) connections.at(-1)!.push(line);
  }
  return connections;
}

/**
 * Plays one recorded connection: sends what the real Gateway sent, and checks that the client sends what the recorded one
 * did (ids apart). `mismatches` holds what came instead.
 */
export async function startReplay(lines: readonly RecordedLine[]) {
  const mismatches: unknown[] = [];
  const server = await listen('websocket', false, (socket) => {
    const ids = new Map<unknown, string>();
    let next = 0;
    const advance = (): void => {
      for (; next < lines.length && lines[next]!.dir !== 'out'; next++) {
        const { dir, frame = {} } = lines[next]!;
        const id = frame.id === undefined ? {} : { id: ids.get(frame.id) };
        if (dir === 'in') socket.send(JSON.stringify({ ...frame, ...id }));
        else if (frame['code'] !== 1005) socket.close(frame['code'] as number, frame['reason'] as string);
      }
    };
    socket.on('message', (data: Buffer) => {
      const { id, ...sent } = JSON.parse(data.toString('utf8'));
      const expected = lines[next]?.frame ?? {};
      const { id: recordedId, ...recorded } = expected;
      if (!isDeepStrictEqual(sent, recorded)) mismatches.push({ sent, recorded });
      ids.set(recordedId, id);
      next++;
      advance();
    });
    advance();
  });
  return { url: `ws://127.0.0.1:${server.port}`, mismatches };
}

async function listen(
  transport: NonNullable<FakeScript['transport']>,
  tls: boolean,
  onSocket: (socket: WebSocket) => void,
) {
  const server: Server = tls ? createTlsServer({ key: readTls('key.pem'), cert: readTls('cert.pem') }) : createServer();
  server.on('request', (_request, response) => {
    response.writeHead(404).end('Not Found');
  });
  const sockets = new Set<Socket>();
  let connectionCount = 0;
  server.on('connection', (socket) => {
    connectionCount++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (transport === 'drop') socket.destroy();
  });
  if (transport === 'websocket') {
    const webSockets = new WebSocketServer({ server });
    webSockets.on('connection', (socket) => {
      socket.on('error', () => undefined);
      onSocket(socket);
    });
  } else if (transport === 'mute') server.on('upgrade', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => {
        resolve();
      });
    });
  onTestFinished(stop);
  return { port: (server.address() as AddressInfo).port, stop, connectionCount: () => connectionCount };
}

function resolve(answer: Answer, params: Record<string, unknown>, count: number): Reply {
  return typeof answer === 'function' ? answer(params, count) : answer;
}

function play(socket: WebSocket, id: string, reply: Reply): void {
  if (reply === 'silence') return;
  if (reply === 'drop') {
    socket.terminate();
    return;
  }
  if ('payload' in reply) socket.send(JSON.stringify({ type: 'res', id, ok: true, payload: reply.payload }));
  if ('error' in reply) socket.send(JSON.stringify({ type: 'res', id, ok: false, error: reply.error }));
  if ('raw' in reply) {
    for (const text of reply.raw) socket.send(typeof text === 'string' ? text.replaceAll('<id>', id) : text);
  }
  if ('close' in reply) socket.close(...reply.close);
}

function shakeHands(token: string | null, hello: Readonly<Record<string, unknown>>): Answer {
  return (params) => {
    const sent = (params['auth'] as Record<string, unknown> | undefined)?.['token'];
    if (token === null || sent === token) return { payload: { ...minimalHello, ...hello } };
    const message = 'unauthorized: gateway token mismatch (provide gateway auth token)';
    const details = {
      code: 'AUTH_TOKEN_MISMATCH',
      authReason: 'token_mismatch',
      canRetryWithDeviceToken: false,
      recommendedNextStep: 'update_auth_credentials',
    };
    return { error: { code: 'INVALID_REQUEST', message, details }, close: [1008, message] };
  };
}

const unknownMethod = (method: string): Reply => ({
  error: { code: 'INVALID_REQUEST', message: `unknown method: ${method}` },
});
