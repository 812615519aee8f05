import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenge, parseFrame, parseHello, stringifyRequest } from '../../../src/gateway/protocol.ts';
import { minimalHello } from '../../helpers/fake-gateway.ts';

describe('parseFrame', () => {
  it('reads events, answers and errors', () => {
    expect(parseFrame('{"type":"event","event":"tick","payload":{"ts":1},"seq":3}')).toEqual({
      kind: 'event',
      event: 'tick',
      payload: { ts: 1 },
    });
    expect(parseFrame('{"type":"res","id":"1","ok":true,"payload":[null]}')).toEqual({
      kind: 'response',
      id: '1',
      ok: true,
      payload: [null],
    });
    expect(
      parseFrame('{"type":"res","id":"1","ok":false,"error":{"code":"UNAVAILABLE","message":"no","retryAfterMs":5}}'),
    ).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', message: 'no', retryAfterMs: 5 } });
  });

  it('keeps the payload as it came, whatever its keys are called', () => {
    const text = '{"type":"res","id":"1","ok":true,"payload":{"z":1,"__proto__":{"a":2},"constructor":3}}';
    const frame = parseFrame(text);
    expect(frame.kind === 'response' && frame.ok && JSON.stringify(frame.payload)).toBe(
      '{"z":1,"__proto__":{"a":2},"constructor":3}',
    );
  });

  it('survives an error whose fields have odd types', () => {
    expect(
      parseFrame(
        '{"type":"res","id":"1","ok":false,"error":{"code":7,"details":"x","retryable":"yes","retryAfterMs":-1}}',
      ),
    ).toEqual({
      kind: 'response',
      id: '1',
      ok: false,
      error: {
        code: 'UNKNOWN',
        message: 'no message',
        details: undefined,
        retryable: undefined,
        retryAfterMs: undefined,
      },
    });
  });

  it('names the request of an answer that is damaged', () => {
    expect(parseFrame('{"type":"res","id":"7"}')).toEqual({
      kind: 'malformed',
      id: '7',
      reason: 'not a frame of this protocol',
    });
    expect(parseFrame('{"type":"res","id":"7","ok":false}')).toMatchObject({ kind: 'malformed', id: '7' });
    expect(parseFrame('nonsense')).toEqual({ kind: 'malformed', reason: 'not JSON' });
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(['event', 'response', 'malformed']).toContain(parseFrame(text).kind);
      }),
    );
  });
});

describe('stringifyRequest', () => {
  it('writes the four fields of a request and nothing else', () => {
    expect(stringifyRequest({ id: 'a', method: 'm', params: { key: '\u001b' } })).toBe(
      '{"type":"req","id":"a","method":"m","params":{"key":"\\u001b"}}',
    );
  });
});

describe('parseHello', () => {
  it('takes the smallest hello and the largest one', () => {
    expect(parseHello(minimalHello)).toEqual({
      version: '2026.5.12',
      methods: ['sessions.cleanup'],
      mainKey: 'main',
      maxPayloadBytes: 26_214_400,
    });
    expect(
      parseHello({ ...minimalHello, snapshot: { sessionDefaults: { mainKey: 'home' } }, new: { key: 1 } }),
    ).toMatchObject({ mainKey: 'home' });
  });

  it('falls back field by field where a hello is odd', () => {
    expect(parseHello({ type: 'hello-ok', server: 3, features: { methods: 'all' }, policy: null })).toEqual({
      version: 'unknown',
      methods: [],
      mainKey: 'main',
      maxPayloadBytes: 26_214_400,
    });
  });

  it('refuses everything that does not call itself a hello', () => {
    for (const payload of [undefined, null, [], 'hello-ok', { type: 'hello' }])
      expect(parseHello(payload)).toBeUndefined();
  });
});

describe('parseChallenge', () => {
  it('gives the nonce, or nothing when there is none', () => {
    expect(parseChallenge({ nonce: 'n', ts: 1 })).toBe('n');
    for (const payload of [{ nonce: '' }, { nonce: 4 }, {}, null]) expect(parseChallenge(payload)).toBeUndefined();
  });
});
