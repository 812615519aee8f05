import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClientOptions, connectGateway } from '../../src/gateway/client.ts';
import type { ConnectParams } from '../../src/gateway/connect-params.ts';
import { connectTcp } from '../../src/gateway/tcp.ts';
import {
  challengeText,
  type FakeScript,
  freePort,
  minimalHello,
  readRecording,
  startFakeGateway,
  startReplay,
} from '../helpers/fake-gateway.ts';
import { isThorough } from '../helpers/thorough.ts';

const plainParams: ConnectParams = {
  minProtocol: 4,
  maxProtocol: 4,
  client: { id: 'gateway-client', version: '1.0.0', platform: 'linux', mode: 'backend' },
  role: 'operator',
  scopes: ['operator.admin'],
  caps: [],
  auth: { token: 'test-token' },
};

async function connect(url: string, changes: Partial<ClientOptions> = {}) {
  const target = { url: new URL(url), shownUrl: url, source: 'cli --url', configPath: '/c.json', bind: '' } as const;
  const signal = changes.signal ?? new AbortController().signal;
  const connection = await connectGateway({
    target,
    transport: await connectTcp(target, { timeoutMs: 20_000, signal }),
    pin: undefined,
    connectParams: () => plainParams,
    connectTimeoutMs: 20_000,
    signal,
    redact: (text) => text,
    ...changes,
  });
  onTestFinished(() => connection.close());
  return connection;
}

const writing = { writes: true, timeoutMs: 20_000 };
const reading = { writes: false, timeoutMs: 20_000 };

/** Timers that fire as soon as nothing else can be done, when they are set for no longer than `ms`. */
const eager =
  (ms: number): NonNullable<ClientOptions['startTimer']> =>
  (callback, wanted) => {
    const timer = setTimeout(callback, wanted <= ms ? 50 : wanted);
    return () => {
      clearTimeout(timer);
    };
  };

describe('recorded exchanges of a 2026.5.12 Gateway', () => {
  const recordings = [
    'connect-cleanup-applied.jsonl',
    'connect-device-read.jsonl',
    'connect-device-scope-upgrade-refused.jsonl',
    'connect-failures.jsonl',
    'errors.jsonl',
    'sessions-delete-compact.jsonl',
    'sessions-list.jsonl',
  ];
  it.each(recordings.flatMap((name) => readRecording(name).map((lines, index) => ({ name, index, lines }))))(
    '$name, connection $index',
    async ({ lines }) => {
      const sent = lines.flatMap(({ dir, frame }) => (dir === 'out' ? [frame!] : []));
      const answers = new Map(
        lines.flatMap(({ dir, frame }) => (dir === 'in' && frame!.id ? [[frame!.id, frame!]] : [])),
      );
      const isWhole = sent[0]!['method'] === 'connect';
      const handshake = [
        { dir: 'in', frame: JSON.parse(challengeText) },
        { dir: 'out', frame: { type: 'req', id: 'c1', method: 'connect', params: plainParams } },
        { dir: 'in', frame: { type: 'res', id: 'c1', ok: true, payload: minimalHello } },
      ] as const;
      const replay = await startReplay(isWhole ? lines : [...handshake, ...lines]);
      const connectParams = isWhole ? (sent[0]!['params'] as ConnectParams) : plainParams;
      const accepted = isWhole ? answers.get(sent[0]!.id!)! : { ok: true };

      const connecting = connect(replay.url, { connectParams: () => connectParams });
      if (accepted['ok'] !== true) {
        await expect(connecting).rejects.toMatchObject({ code: 'GATEWAY_FAILED', answer: accepted['error'] });
      } else {
        const connection = await connecting;
        expect(connection.hello.version).toBe('2026.5.12');
        for (const { id, method, params } of isWhole ? sent.slice(1) : sent) {
          const request = connection.request(method as string, params as object, writing);
          const { ok, payload, error } = answers.get(id!)!;
          if (ok === true) expect(JSON.stringify(await request)).toBe(JSON.stringify(payload));
          else await expect(request).rejects.toMatchObject({ answer: error });
        }
      }
      expect(replay.mismatches).toEqual([]);
    },
  );
});

describe('a connection that does not come about', () => {
  it('says that nothing listens, and where from the address is', async () => {
    const port = await freePort();
    await expect(connect(`ws://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'GATEWAY_UNREACHABLE',
      details: { systemCode: 'ECONNREFUSED' },
      message: `Gateway not reachable at ws://127.0.0.1:${port} (ECONNREFUSED).
Start it with \`openclaw gateway run\` or check \`openclaw gateway status\`.
Gateway target: ws://127.0.0.1:${port}
Source: cli --url
Config: /c.json`,
    });
  });

  it('tells a name that does not exist from a port on which nothing listens', async () => {
    await expect(connect('ws://no-such-host.invalid:1')).rejects.toMatchObject({
      code: 'GATEWAY_UNREACHABLE',
      details: { systemCode: expect.not.stringMatching('ECONNREFUSED') },
    });
  });

  it.each<[string, FakeScript, RegExp]>([
    ['cut at once', { transport: 'drop' }, /^The connection failed: ws:.* cut it\.$/m],
    ['answered with HTTP 404', { transport: 'http-404' }, /^The connection failed: ws:.* HTTP status 404 instead of/],
    ['never upgraded', { transport: 'mute' }, /^gateway timeout after 10ms: the connection did not open/],
    ['never challenged', { greeting: null }, /^gateway timeout after 10ms: connected, but never challenged/],
    ['greeted with nonsense', { greeting: ['hello?'] }, /does not answer as an OpenClaw Gateway \(not JSON\)/],
    ['greeted with other JSON', { greeting: ['{"hello":1}'] }, /does not answer as an OpenClaw Gateway/],
    [
      'challenged without a nonce',
      { greeting: ['{"type":"event","event":"connect.challenge","payload":{}}'] },
      /challenge without a nonce/,
    ],
    ['silent after connect', { connect: 'silence' }, /^gateway timeout after 10ms: no answer to connect/],
    [
      'cut after connect',
      { connect: 'drop' },
      /^The Gateway closed the connection \(1006: dropped without a farewell\)/,
    ],
    ['closed after connect', { connect: { close: [1013, 'gateway starting'] } }, /\(1013: gateway starting\)/],
    ['welcomed without a hello', { connect: { payload: { type: 'welcome' } } }, /answered without a hello/],
    ['answered out of shape', { connect: { raw: ['{"type":"res","id":"<id>"}'] } }, /not a frame of this protocol/],
  ])('fails when it is %s', async (_name, script, message) => {
    const gateway = await startFakeGateway(script);
    const connecting = connect(gateway.url, { connectTimeoutMs: 10, startTimer: eager(10) });
    await expect(connecting).rejects.toMatchObject({ code: 'GATEWAY_FAILED', message: expect.stringMatching(message) });
  });

  it('fails when it is cut before the handshake begins', async () => {
    const gateway = await startFakeGateway();
    const { signal } = new AbortController();
    const target = {
      url: new URL(gateway.url),
      shownUrl: gateway.url,
      source: 'cli --url',
      configPath: '',
      bind: '',
    } as const;
    const transport = await connectTcp(target, { timeoutMs: 20_000, signal });
    transport.destroy();
    await expect(connect(gateway.url, { transport })).rejects.toMatchObject({ code: 'GATEWAY_FAILED' });
  });

  it('takes other events before the challenge, and a challenge once', async () => {
    const tick = '{"type":"event","event":"tick","payload":{"ts":1}}';
    const gateway = await startFakeGateway({ greeting: [tick, challengeText, challengeText] });
    expect((await connect(gateway.url)).hello.version).toBe('2026.5.12');
    expect(gateway.connects).toHaveLength(1);
  });

  it.each([
    ['AUTH_TOKEN_MISMATCH', {}, /OPENCLAW_GATEWAY_TOKEN/],
    ['PAIRING_REQUIRED', { requestId: 'e5325576-c5fb' }, /openclaw devices approve e5325576-c5fb$/],
    ['PAIRING_REQUIRED', { requestId: 'x; rm -rf /' }, /openclaw devices list/],
    ['AUTH_RATE_LIMITED', {}, /wait five minutes/],
  ])('says what helps against %s', async (code, details, hint) => {
    const error = { code: 'NOT_PAIRED', message: 'no', details: { code, ...details } };
    const gateway = await startFakeGateway({ connect: { error, close: [1008, 'no'] } });
    await expect(connect(gateway.url)).rejects.toMatchObject({
      code: 'GATEWAY_FAILED',
      message: expect.stringMatching(/^gateway connect failed: no\n/),
      hint: expect.stringMatching(hint),
    });
  });

  const unauthorized = 'unauthorized: gateway token missing (provide gateway auth token)';
  it.each<[message: string, error: object, code: number]>([
    [unauthorized, { code: 'INVALID_REQUEST', details: { code: 'AUTH_TOKEN_MISSING' } }, 1008],
    ['device identity required', { code: 'NOT_PAIRED', details: { code: 'DEVICE_IDENTITY_REQUIRED' } }, 1008],
    ['pairing required: not paired', { code: 'NOT_PAIRED', details: { code: 'PAIRING_REQUIRED' } }, 1008],
    [
      'protocol mismatch',
      { code: 'INVALID_REQUEST', details: { code: 'PROTOCOL_MISMATCH', expectedProtocol: 5 } },
      1002,
    ],
    ['invalid connect params: at root: unexpected property', { code: 'INVALID_REQUEST' }, 1008],
    ['invalid handshake: first request must be connect', { code: 'INVALID_REQUEST' }, 1008],
    ['invalid role', { code: 'INVALID_REQUEST' }, 1008],
    [
      'device identity mismatch',
      { code: 'INVALID_REQUEST', details: { code: 'DEVICE_AUTH_DEVICE_ID_MISMATCH' } },
      1008,
    ],
    ['device signature expired', { code: 'INVALID_REQUEST', details: { code: 'DEVICE_AUTH_SIGNATURE_EXPIRED' } }, 1008],
    ['device nonce mismatch', { code: 'INVALID_REQUEST', details: { code: 'DEVICE_AUTH_NONCE_MISMATCH' } }, 1008],
    ['device signature invalid', { code: 'INVALID_REQUEST', details: { code: 'DEVICE_AUTH_SIGNATURE_INVALID' } }, 1008],
    ['gateway starting; retry shortly', { code: 'UNAVAILABLE', retryable: true, retryAfterMs: 500 }, 1013],
  ])('passes on "%s"', async (message, error, closeCode) => {
    const gateway = await startFakeGateway({ connect: { error: { ...error, message }, close: [closeCode, message] } });
    await expect(connect(gateway.url)).rejects.toMatchObject({
      code: 'GATEWAY_FAILED',
      message: expect.stringMatching(new RegExp(`^gateway connect failed: ${message.replaceAll(/[()]/g, '.')}\n`)),
      answer: { ...error, message },
    });
  });

  it.each([
    [1000, '', 'closed without a reason'],
    [1008, 'invalid request frame', 'invalid request frame'],
    [1009, '', 'message too large'],
    [1012, '', 'the Gateway is stopping or restarting'],
    [4001, 'gateway auth changed', 'gateway auth changed'],
    [4999, '', 'closed'],
  ])('explains close %i %j without an answer', async (code, reason, explained) => {
    const gateway = await startFakeGateway({ connect: { close: [code, reason] } });
    await expect(connect(gateway.url)).rejects.toMatchObject({
      code: 'GATEWAY_FAILED',
      message: expect.stringContaining(`(${code}: ${explained}).`),
    });
  });

  it('refuses to send a connect frame that the Gateway would not take', async () => {
    const gateway = await startFakeGateway();
    const huge = { ...plainParams, auth: { token: 'x'.repeat(70_000) } };
    await expect(connect(gateway.url, { connectParams: () => huge })).rejects.toMatchObject({ code: 'REFUSED' });
    expect(gateway.connects).toHaveLength(0);
  });

  it('does not dial once interrupted', async () => {
    const gateway = await startFakeGateway();
    const signal = AbortSignal.abort('SIGTERM');
    await expect(connect(gateway.url, { signal })).rejects.toMatchObject({ code: 'TERMINATED' });
  });
});

describe('a request', () => {
  const big = Buffer.alloc(26 * 1024 * 1024, ' ');
  const answer = '{"type":"res","id":"<id>","ok":true,"payload":1}';

  it.each<[string, FakeScript['methods'], RegExp]>([
    [
      'is never answered',
      { m: 'silence' },
      /^gateway timeout after 10ms: no answer to m\. m was sent and not answered: /,
    ],
    ['is cut off', { m: 'drop' }, /^The Gateway closed the connection \(1006: .*whether it was done is unknown/],
    ['meets a restart', { m: { close: [1012, 'service restart'] } }, /\(1012: service restart\).*unknown/],
    [
      'gets a broken answer',
      { m: { raw: ['{"type":"res","id":"<id>","ok":"yes"}'] } },
      /not a frame of this protocol.*unknown/,
    ],
    ['gets an answer that is too large', { m: { raw: [big.toString()] } }, /^The connection failed: .*unknown/],
  ])('leaves the outcome unknown when it changes something and %s', async (_name, methods, message) => {
    const gateway = await startFakeGateway({ methods: methods! });
    const connection = await connect(gateway.url, { startTimer: eager(10) });
    const options = { writes: true, timeoutMs: _name === 'is never answered' ? 10 : 20_000 };
    await expect(connection.request('m', {}, options)).rejects.toMatchObject({
      code: 'GATEWAY_UNKNOWN_OUTCOME',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('sessions list'),
    });
    await expect(connection.request('m', {}, options)).rejects.toMatchObject({ code: 'GATEWAY_FAILED' });
    expect(gateway.requests).toHaveLength(1);
  });

  it('just fails when it changes nothing', async () => {
    const gateway = await startFakeGateway({ methods: { m: 'drop' } });
    const connection = await connect(gateway.url);
    await expect(connection.request('m', {}, reading)).rejects.toMatchObject({ code: 'GATEWAY_FAILED' });
  });

  it('is answered in spite of nonsense, strangers, doubles and events around the answer', async () => {
    const noise = [
      'not json',
      '[]',
      Buffer.from([1, 2, 3]),
      '{"type":"res","id":"stranger","ok":true,"payload":2}',
      '{"type":"res","id":"other"}',
      '{"type":"event","event":"sessions.changed","payload":{}}',
    ];
    const gateway = await startFakeGateway({ methods: { m: { raw: [...noise, answer, answer, ...noise] } } });
    const odd: string[] = [];
    const events: string[] = [];
    const connection = await connect(gateway.url, {
      onOddFrame: (reason) => odd.push(reason),
      onEvent: ({ event }) => events.push(event),
    });
    expect(await connection.request('m', {}, writing)).toBe(1);
    expect(await connection.request('m', {}, writing)).toBe(1);
    expect(odd).toContain('not JSON');
    expect(odd).toContain('binary data');
    expect(odd).toContain('an answer to no request of ours');
    expect(events).toContain('sessions.changed');
  });

  it('gets its own answer when answers come out of order', async () => {
    const held: string[] = [];
    const gateway = await startFakeGateway({
      methods: {
        slow: 'silence',
        fast: () => ({ raw: [answer.replace('1}', '"fast"}'), ...held] }),
      },
    });
    let count = 0;
    const connection = await connect(gateway.url, { createId: () => `id-${count++}` });
    held.push('{"type":"res","id":"id-1","ok":true,"payload":"slow"}');
    const slow = connection.request('slow', {}, writing);
    const fast = connection.request('fast', {}, writing);
    expect(await Promise.all([slow, fast])).toEqual(['slow', 'fast']);
  });

  it("carries the Gateway's own message when it is refused, with secrets hidden", async () => {
    const error = { code: 'INVALID_REQUEST', message: 'no s3cret here' };
    const gateway = await startFakeGateway({ methods: { m: { error } } });
    const connection = await connect(gateway.url, { redact: (text) => text.replaceAll('s3cret', '***') });
    await expect(connection.request('m', {}, writing)).rejects.toMatchObject({
      code: 'GATEWAY_REJECTED',
      message: 'no *** here',
    });
    await expect(connection.request('other', {}, writing)).rejects.toMatchObject({
      code: 'GATEWAY_FAILED',
      message: `The Gateway at ${gateway.url} does not know the method other.`,
    });
  });

  it('is not sent when it is larger than the Gateway takes', async () => {
    const gateway = await startFakeGateway({ hello: { policy: { maxPayload: 1000 } } });
    const connection = await connect(gateway.url);
    await expect(connection.request('m', { key: 'x'.repeat(1000) }, writing)).rejects.toMatchObject({
      code: 'REFUSED',
    });
    expect(gateway.requests).toHaveLength(0);
  });

  it('ends at once when the user interrupts, and says that the outcome is unknown', async () => {
    const gateway = await startFakeGateway({ methods: { m: 'silence' } });
    const controller = new AbortController();
    const connection = await connect(gateway.url, { signal: controller.signal });
    const request = connection.request('m', {}, writing);
    const failure = expect(request).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringMatching(/whether it was done is unknown/),
    });
    await gateway.requested('m');
    controller.abort('SIGINT');
    await failure;
  });

  it('neither crashes nor hangs the client, whatever frames arrive', async () => {
    const frame = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({ type: fc.constantFrom('res', 'event', 'req', 1), id: fc.anything(), ok: fc.anything() })
        .map((value) => {
          try {
            return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? 'big' : each));
          } catch {
            return '{}';
          }
        }),
    );
    let frames: readonly string[] = [];
    const gateway = await startFakeGateway({ methods: { m: () => ({ raw: [...frames, answer] }) } });
    const connection = await connect(gateway.url);
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 5 }), async (some) => {
        frames = some;
        expect(await connection.request('m', {}, writing)).toBe(1);
      }),
      { numRuns: isThorough ? 2000 : 50 },
    );
  });
});

describe('close', () => {
  it('says goodbye without a code, as OpenClaw does', async () => {
    const gateway = await startFakeGateway();
    const connection = await connect(gateway.url);
    await connection.close();
    await connection.close();
    await expect.poll(() => gateway.closes).toEqual([1005]);
    await expect(connection.request('m', {}, reading)).rejects.toMatchObject({ code: 'GATEWAY_FAILED' });
  });
});
