import { createHash, createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadState } from '../../src/config/state.ts';
import { createDeviceIdentity, devicePayload } from '../../src/gateway/device.ts';
import { type DialOptions, type DialSeams, openGateway, planDial } from '../../src/gateway/dial.ts';
import type { SessionsError } from '../../src/errors.ts';
import { isNothingListening } from '../../src/gateway/failures.ts';
import type { ConnectParams } from '../../src/gateway/connect-params.ts';
import {
  type FakeGateway,
  freePort,
  minimalHello,
  type Reply,
  startFakeGateway,
  testToken,
  tlsFile,
} from '../helpers/fake-gateway.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';
import { testWorld } from '../helpers/world.ts';

interface Setup {
  readonly home?: string;
  readonly gateway?: unknown;
  readonly env?: Record<string, string>;
  readonly options?: DialOptions;
  readonly seams?: DialSeams;
}

/** Dials as a command does, from a config in a scratch home. */
async function dial({ home = scratchFolder(), gateway = {}, env = {}, options = {}, seams }: Setup) {
  writeTree(home, { '.openclaw/openclaw.json': { gateway } });
  const world = testWorld({ cwd: home, env: { HOME: home, ...env } });
  const state = await loadState(world, {});
  const notices: string[] = [];
  const details: string[] = [];
  const plan = await planDial(state, options, world, {
    version: '1.0.0',
    notice: (line) => notices.push(line),
    detail: (line) => details.push(line),
  });
  const opening = openGateway(plan, seams);
  opening.then(
    (connection) => {
      onTestFinished(() => connection.close());
    },
    () => undefined,
  );
  return { opening, plan, notices, details, home };
}

const local = (gateway: FakeGateway, more: object = {}) => ({
  port: gateway.port,
  auth: { token: testToken },
  ...more,
});

const deviceRequired: Reply = {
  error: { code: 'NOT_PAIRED', message: 'device identity required', details: { code: 'DEVICE_IDENTITY_REQUIRED' } },
  close: [1008, 'device identity required'],
};

const starting = (retryAfterMs: number): Reply => ({
  error: {
    code: 'UNAVAILABLE',
    message: 'gateway starting; retry shortly',
    retryable: true,
    retryAfterMs,
    details: { reason: 'startup-sidecars' },
  },
  close: [1013, 'gateway starting'],
});

describe('on loopback', () => {
  it('connects with the configured token and without a device, and makes no identity', async () => {
    const gateway = await startFakeGateway();
    const { opening, home } = await dial({ gateway: local(gateway) });
    await opening;
    expect(gateway.connects).toEqual([
      {
        minProtocol: 4,
        maxProtocol: 4,
        client: { id: 'gateway-client', mode: 'backend', version: '1.0.0', platform: 'linux' },
        role: 'operator',
        scopes: ['operator.admin'],
        caps: [],
        auth: { token: testToken },
      },
    ]);
    expect(fs.existsSync(path.join(home, '.openclaw/identity'))).toBe(false);
  });

  it('sends no auth at all when no secret is known', async () => {
    const gateway = await startFakeGateway({ token: null });
    await (
      await dial({ gateway: { port: gateway.port } })
    ).opening;
    expect(gateway.connects[0]).not.toHaveProperty('auth');
  });

  it('uses the token kept for the device when no secret is known', async () => {
    const gateway = await startFakeGateway({ token: 'device-token' });
    const home = scratchFolder();
    const stateDir = path.join(home, '.openclaw');
    const { identity } = await createDeviceIdentity(stateDir, 1);
    const kept = { deviceId: identity.deviceId, tokens: { operator: { token: 'device-token' } } };
    writeTree(stateDir, { 'identity/device-auth.json': kept });
    await (
      await dial({ home, gateway: { port: gateway.port } })
    ).opening;
    expect(gateway.connects[0]).toMatchObject({
      client: { id: 'cli', mode: 'cli' },
      auth: { token: 'device-token', deviceToken: 'device-token' },
      device: { id: identity.deviceId },
    });
  });

  it('makes no identity for a Gateway that wants a device when it has no secret to pair with', async () => {
    const gateway = await startFakeGateway({ connect: deviceRequired });
    const { opening, home } = await dial({ gateway: { port: gateway.port } });
    await expect(opening).rejects.toMatchObject({
      code: 'GATEWAY_FAILED',
      hint: expect.stringMatching(/paired devices/),
    });
    expect(fs.existsSync(path.join(home, '.openclaw/identity'))).toBe(false);
    expect(gateway.connects).toHaveLength(1);
  });
});

describe('a Gateway that asks for a device', () => {
  it('gets a signed one, made on the spot and announced', async () => {
    const welcome = { payload: minimalHello };
    const gateway = await startFakeGateway({
      connect: (params) => ('device' in params ? welcome : deviceRequired),
    });
    const { opening, notices, home } = await dial({ gateway: local(gateway) });
    await opening;
    const file = path.join(home, '.openclaw/identity/device.json');
    expect(notices).toEqual([`Made a device identity for this user, as the Gateway pairs devices: ${file}`]);
    expectSigned(gateway.connects[1]!, 'v3');
  });

  it('gets the older signature when it cannot read the newer one', async () => {
    const invalid: Reply = {
      error: {
        code: 'INVALID_REQUEST',
        message: 'device signature invalid',
        details: { code: 'DEVICE_AUTH_SIGNATURE_INVALID' },
      },
      close: [1008, 'device signature invalid'],
    };
    const replies = [deviceRequired, invalid, { payload: minimalHello }];
    const gateway = await startFakeGateway({ connect: (_params, count) => replies[count]! });
    const home = scratchFolder();
    await createDeviceIdentity(path.join(home, '.openclaw'), 1);
    const { opening, notices } = await dial({ home, gateway: local(gateway) });
    await opening;
    expect(notices).toEqual([]);
    expectSigned(gateway.connects[1]!, 'v3');
    expectSigned(gateway.connects[2]!, 'v2');
  });

  function expectSigned({ device, client, scopes, role, auth }: ConnectParams, version: 'v3' | 'v2'): void {
    const raw = Buffer.from(device!.publicKey, 'base64url');
    expect(device!.id).toBe(createHash('sha256').update(raw).digest('hex'));
    expect(device!.nonce).toBe('nonce-1');
    const claim = {
      clientId: client.id,
      clientMode: client.mode,
      role,
      scopes,
      signedAtMs: device!.signedAt,
      token: auth?.token,
      nonce: device!.nonce,
      platform: client.platform,
      deviceFamily: '',
    };
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: device!.publicKey } });
    const signature = Buffer.from(device!.signature, 'base64url');
    expect(verify(null, Buffer.from(devicePayload(device!.id, claim, version)), key, signature)).toBe(true);
  }
});

describe('a Gateway that is still starting', () => {
  it('is tried again after the time it names, clamped to 100 to 2000 ms', async () => {
    const replies = [starting(1), starting(400), starting(60_000), { payload: minimalHello }];
    const gateway = await startFakeGateway({ connect: (_params, count) => replies[count]! });
    const waits: number[] = [];
    const { opening } = await dial({
      gateway: local(gateway),
      seams: {
        startTimer: (callback, ms) => {
          const timer = setTimeout(callback, ms <= 2_000 ? 0 : ms);
          if (ms <= 2_000) waits.push(ms);
          return () => {
            clearTimeout(timer);
          };
        },
      },
    });
    expect((await opening).hello.version).toBe('2026.5.12');
    expect(waits.filter((ms) => ms !== 500)).toEqual([100, 400, 2_000]);
  });

  it('is given up when the time is over', async () => {
    const gateway = await startFakeGateway({ connect: starting(2_000) });
    const { opening } = await dial({ gateway: local(gateway), options: { timeoutMs: 1_500 } });
    await expect(opening).rejects.toMatchObject({ code: 'GATEWAY_FAILED', message: expect.stringMatching(/starting/) });
    expect(gateway.connects).toHaveLength(1);
  });

  it('counts as failed, not as absent, when it goes away meanwhile', async () => {
    const gateway = await startFakeGateway({ connect: starting(100) });
    const { opening } = await dial({ gateway: local(gateway) });
    await expect.poll(() => gateway.connects.length).toBe(1);
    await gateway.stop();
    const error: unknown = await opening.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'GATEWAY_FAILED', message: expect.stringMatching(/went away/) });
    expect(isNothingListening(error)).toBe(false);
  });
});

describe('a request that the Gateway puts off while it is starting', () => {
  const putOff = (retryAfterMs: number): Reply => ({
    error: {
      code: 'UNAVAILABLE',
      message: 'sessions.list unavailable during gateway startup',
      retryable: true,
      retryAfterMs,
      details: { reason: 'startup-sidecars', method: 'sessions.list' },
    },
  });

  it('is made again after the time it names', async () => {
    const gateway = await startFakeGateway({
      methods: { m: (_params, count) => (count < 2 ? putOff(100) : { payload: count }) },
    });
    const connection = await (await dial({ gateway: local(gateway) })).opening;
    expect(await connection.request('m', {}, { writes: true, timeoutMs: 20_000 })).toBe(2);
  });

  it('is not made again when the time is over, nor for another reason', async () => {
    const busy: Reply = { error: { code: 'UNAVAILABLE', message: 'busy', retryable: true, retryAfterMs: 100 } };
    const gateway = await startFakeGateway({ methods: { late: putOff(2_000), busy } });
    const connection = await (await dial({ gateway: local(gateway) })).opening;
    await expect(connection.request('late', {}, { writes: true, timeoutMs: 1_500 })).rejects.toThrow();
    await expect(connection.request('busy', {}, { writes: true, timeoutMs: 20_000 })).rejects.toThrow('busy');
    expect(gateway.requests).toHaveLength(2);
  });
});

describe('before anything is dialled', () => {
  it.each<[string, Setup]>([
    ['a bad URL', { options: { url: 'nonsense', token: 't' } }],
    ['plain text to a far host', { options: { url: 'ws://203.0.113.1', token: 't' } }],
    ['a URL without credentials', { options: { url: 'wss://203.0.113.1' } }],
    ['remote mode without URL', { gateway: { mode: 'remote' } }],
    ['a lost secret reference', { gateway: { auth: { token: '${NO_SUCH_VARIABLE}' } } }],
    [
      'a fingerprint with plain text',
      { gateway: { mode: 'remote', remote: { url: 'ws://127.0.0.1:1', token: 't', tlsFingerprint: 'ab' } } },
    ],
  ])('%s is a mistake of the set-up', async (_name, setup) => {
    await expect(dial(setup)).rejects.toMatchObject({ code: 'GATEWAY_SETUP' });
  });

  it('the time limit is ten seconds, or what the config or environment raise it to', async () => {
    const gateway = { port: await freePort() };
    const limit = async (setup: Setup): Promise<number> => {
      const { opening, plan } = await dial(setup);
      await expect(opening).rejects.toMatchObject({ code: 'GATEWAY_UNREACHABLE' });
      return plan.connectTimeoutMs;
    };
    expect(await limit({ gateway })).toBe(10_000);
    expect(await limit({ gateway: { ...gateway, handshakeTimeoutMs: 5_000 } })).toBe(10_000);
    expect(await limit({ gateway: { ...gateway, handshakeTimeoutMs: 15_000 } })).toBe(15_000);
    expect(await limit({ gateway, env: { OPENCLAW_HANDSHAKE_TIMEOUT_MS: '20000' } })).toBe(20_000);
    expect(await limit({ gateway, options: { timeoutMs: 300 } })).toBe(300);
  });
});

describe('over TLS', () => {
  const tls = { enabled: true, certPath: tlsFile('cert.pem') };

  it("trusts the local Gateway's own certificate file", async () => {
    const gateway = await startFakeGateway({ tls: true });
    const { opening } = await dial({ gateway: local(gateway, { tls }) });
    expect((await opening).hello.version).toBe('2026.5.12');
  });

  it('sends nothing to a Gateway that shows another certificate than the pinned one', async () => {
    const gateway = await startFakeGateway({ tls: true });
    const remote = { url: gateway.url, token: testToken, tlsFingerprint: `sha256:${'00'.repeat(32)}` };
    const { opening } = await dial({ gateway: { mode: 'remote', remote } });
    await expect(opening).rejects.toMatchObject({
      code: 'GATEWAY_FAILED',
      message: expect.stringMatching(/^gateway tls fingerprint mismatch/),
    });
    expect(gateway.connects).toHaveLength(0);
  });

  it('refuses a certificate that nobody vouches for when none is pinned', async () => {
    const gateway = await startFakeGateway({ tls: true });
    const { opening } = await dial({ options: { url: gateway.url, token: testToken } });
    await expect(opening).rejects.toMatchObject({ code: 'GATEWAY_FAILED' });
    expect(gateway.connects).toHaveLength(0);
  });
});

describe('secrets', () => {
  it('are in no message and no detail, even when the Gateway repeats them', async () => {
    const gateway = await startFakeGateway({
      connect: (params) => {
        const message = `bad token ${(params['auth'] as { token: string }).token} and s3cret-password`;
        const details = { code: 'PAIRING_REQUIRED', requestId: 's3cret' };
        return { error: { code: 's3cret', message, details }, close: [1008, message] };
      },
    });
    const { opening, details } = await dial({
      gateway: local(gateway, { auth: { token: 's3cret', password: 's3cret-password' } }),
    });
    const error: unknown = await opening.catch((failure: unknown) => failure);
    expect(JSON.stringify([error, (error as SessionsError).hint, (error as Error).message, details])).not.toContain(
      's3cret',
    );
    expect((error as Error).message).toContain('bad token *** and ***');
  });
});
