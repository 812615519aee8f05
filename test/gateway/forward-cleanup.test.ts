import { describe, expect, it } from 'vitest';
import type { DialPlan, DialSeams } from '../../src/gateway/dial.ts';
import { type CleanupParams, forwardCleanup } from '../../src/gateway/forward-cleanup.ts';
import { type FakeScript, freePort, minimalHello, startFakeGateway, testToken } from '../helpers/fake-gateway.ts';

const params: CleanupParams = { allAgents: false, enforce: false, fixMissing: false, fixDmScope: false };

function planFor(url: string, connectTimeoutMs = 20_000): DialPlan {
  return {
    target: { url: new URL(url), shownUrl: url, source: 'local loopback', configPath: '/c.json', bind: 'loopback' },
    credentials: { token: testToken, password: undefined },
    pin: undefined,
    connectTimeoutMs,
    stateDir: '/no/state',
    platform: 'linux',
    version: '1.0.0',
    now: () => Date.now(),
    signal: new AbortController().signal,
    notice: () => undefined,
    detail: () => undefined,
  };
}

async function forward(script: FakeScript, timeoutMs?: number, seams?: DialSeams) {
  const gateway = await startFakeGateway(script);
  const result = forwardCleanup(planFor(gateway.url, timeoutMs), params, seams);
  await result.catch(() => undefined);
  return { gateway, result };
}

/** No time for the answer, all the time for the handshake. */
function impatient(): DialSeams {
  let count = 0;
  return {
    startTimer: (callback) => {
      const timer = count++ === 0 ? undefined : setTimeout(callback, 50);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

const cleanup = 'sessions.cleanup';
const summary = { agentId: 'main', storePath: '/fake/store', unknown: { key: [1] }, appliedCount: 3 };
const starting = {
  error: {
    code: 'UNAVAILABLE',
    message: 'gateway starting; retry shortly',
    retryable: true,
    retryAfterMs: 100,
    details: { reason: 'startup-sidecars' },
  },
  close: [1013, 'gateway starting'],
} as const;

describe('forwardCleanup', () => {
  it('sends the four booleans and returns the payload untouched', async () => {
    const { gateway, result } = await forward({ methods: { [cleanup]: { payload: summary } } });
    expect(await result).toEqual({ by: 'gateway', payload: summary });
    expect(gateway.requests).toEqual([{ method: cleanup, params }]);
    expect(gateway.closes).toEqual([1005]);
  });

  it('leaves the work to us when nothing listens there', async () => {
    const plan = planFor(`ws://127.0.0.1:${await freePort()}`);
    expect(await forwardCleanup(plan, params)).toEqual({ by: 'nobody' });
  });

  it('waits for a Gateway that is starting', async () => {
    const { gateway, result } = await forward({
      connect: (_params, count) => (count === 0 ? starting : { payload: minimalHello }),
      methods: { [cleanup]: { payload: {} } },
    });
    expect(await result).toEqual({ by: 'gateway', payload: {} });
    expect(gateway.connects).toHaveLength(2);
  });

  it.each<[string, FakeScript, string]>([
    ['cut at once', { transport: 'drop' }, 'GATEWAY_FAILED'],
    ['HTTP 404', { transport: 'http-404' }, 'GATEWAY_FAILED'],
    ['never a challenge', { greeting: null }, 'GATEWAY_FAILED'],
    ['never an upgrade', { transport: 'mute' }, 'GATEWAY_FAILED'],
    ['a wrong token', { token: 'another' }, 'GATEWAY_FAILED'],
    ['a method list without it', { hello: { features: { methods: ['health'] } } }, 'GATEWAY_FAILED'],
    [
      'an answered error',
      { methods: { [cleanup]: { error: { code: 'UNAVAILABLE', message: 'no' } } } },
      'GATEWAY_REJECTED',
    ],
    ['silence', { methods: { [cleanup]: 'silence' } }, 'GATEWAY_UNKNOWN_OUTCOME'],
    ['a cut', { methods: { [cleanup]: 'drop' } }, 'GATEWAY_UNKNOWN_OUTCOME'],
    ['a restart', { methods: { [cleanup]: { close: [1012, 'service restart'] } } }, 'GATEWAY_UNKNOWN_OUTCOME'],
    ['nonsense', { methods: { [cleanup]: { raw: ['{"type":"res","id":"<id>"}'] } } }, 'GATEWAY_UNKNOWN_OUTCOME'],
  ])('fails on %s, and asks once', async (name, script, code) => {
    const timeoutMs = name.startsWith('never') ? 250 : 20_000;
    const { gateway, result } = await forward(script, timeoutMs, name === 'silence' ? impatient() : {});
    await expect(result).rejects.toMatchObject({ code });
    expect(gateway.connectionCount()).toBe(1);
    expect(gateway.requests.length).toBeLessThanOrEqual(1);
  });

  it('names the whole limit when the answer does not come', async () => {
    const { result } = await forward({ methods: { [cleanup]: 'silence' } }, 10_000, impatient());
    await expect(result).rejects.toThrow(/^gateway timeout after 10000ms: no answer to sessions\.cleanup\. /);
  });
});
