import { randomUUID } from 'node:crypto';
import { type FakeScript, minimalHello, type Reply } from './fake-gateway.ts';

export type Release = '2026.5.12' | '2026.7.35' | '2026.9.6';

export const releases: readonly Release[] = ['2026.5.12', '2026.7.35', '2026.9.6'];

interface FakeSession {
  sessionId: string;
  archived?: boolean;
}

/** Parameters each release takes, as docs/gateway.md lists them; others are refused before anything is done. */
const parameters: Readonly<Record<Release, Readonly<Record<string, readonly string[]>>>> = {
  '2026.5.12': {
    'sessions.describe': ['key'],
    'sessions.delete': ['key', 'deleteTranscript'],
    'sessions.reset': ['key', 'reason'],
    'sessions.patch': ['key', 'label'],
    'sessions.compact': ['key', 'maxLines'],
  },
  '2026.7.35': {
    'sessions.describe': ['key'],
    'sessions.delete': ['key', 'deleteTranscript', 'agentId', 'expectedSessionId', 'archivedOnly'],
    'sessions.reset': ['key', 'reason', 'agentId'],
    'sessions.patch': ['key', 'label', 'agentId', 'archived'],
    'sessions.compact': ['key', 'maxLines', 'agentId'],
  },
  '2026.9.6': {
    'sessions.describe': ['key', 'agentId'],
    'sessions.delete': ['key', 'deleteTranscript', 'agentId', 'expectedSessionId', 'archivedOnly'],
    'sessions.reset': ['key', 'reason', 'agentId', 'expectedSessionId'],
    'sessions.patch': ['key', 'label', 'agentId', 'archived', 'expectedSessionId'],
    'sessions.compact': ['key', 'maxLines', 'agentId'],
  },
};

/** Sessions in memory behind the methods of a release, with its traps: unknown keys are created by reset and patch. */
export function fakeSessions(release: Release, keys: readonly string[]) {
  const sessions = new Map<string, FakeSession>(
    keys.map((key, index) => [
      key,
      { sessionId: `id-${index}`, ...(release === '2026.5.12' ? {} : { archived: false }) },
    ]),
  );
  const method =
    (name: string, work: (key: string, params: Record<string, unknown>) => Reply) =>
    (params: Record<string, unknown>): Reply => {
      const odd = Object.keys(params).find((each) => !parameters[release][name]!.includes(each));
      if (odd !== undefined) return refusal(`invalid ${name} params: at root: unexpected property '${odd}'`);
      const key = String(params['key']);
      const expected = params['expectedSessionId'];
      if (expected !== undefined && sessions.get(key)?.sessionId !== expected) {
        return refusal(`Session ${key} changed before it was done. Retry.`);
      }
      return work(key, params);
    };
  const create = (key: string): FakeSession => {
    const created = { sessionId: randomUUID() };
    sessions.set(key, created);
    return created;
  };
  const methods: FakeScript['methods'] = {
    'sessions.describe': method('sessions.describe', (key) => {
      const session = sessions.get(key);
      return { payload: { session: session === undefined ? null : { key, kind: 'direct', ...session } } };
    }),
    'sessions.delete': method('sessions.delete', (key) => {
      const ending = release === '2026.9.6' ? '.0123.zst' : '';
      const session = sessions.get(key);
      sessions.delete(key);
      const archived = session === undefined ? [] : [`/far/${session.sessionId}.jsonl.deleted.2026${ending}`];
      return { payload: { ok: true, key, deleted: session !== undefined, archived } };
    }),
    'sessions.reset': method('sessions.reset', (key) => {
      sessions.delete(key);
      return { payload: { ok: true, key, entry: create(key) } };
    }),
    'sessions.patch': method('sessions.patch', (key, params) => {
      if (release === '2026.9.6' && params['expectedSessionId'] === undefined) {
        return refusal(`expectedSessionId required for session lifecycle patch: ${key}`);
      }
      const session = sessions.get(key) ?? create(key);
      session.archived = true;
      return { payload: { ok: true, key, entry: session } };
    }),
    'sessions.compact': method('sessions.compact', (key, { maxLines }) => ({
      payload: sessions.has(key)
        ? { ok: true, key, compacted: true, kept: maxLines }
        : { ok: true, key, compacted: false, reason: 'no sessionId' },
    })),
  };
  const hello = { ...minimalHello, server: { version: release, connId: 'c-1' } };
  return { sessions, script: { hello, methods } satisfies FakeScript };
}

const refusal = (message: string): Reply => ({ error: { code: 'INVALID_REQUEST', message } });
