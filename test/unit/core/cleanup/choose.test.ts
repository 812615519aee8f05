import { describe, expect, test } from 'vitest';
import { actionsOf, days, entry, nowMs, plan, row } from '../../../helpers/cleanup-values.ts';

const lock = { path: '/sessions/s.jsonl.lock', pid: 7 };

describe('stale rows', () => {
  test('go strictly after the limit, and only with a usable time', () => {
    const rows = [
      row('at-limit', { updatedAt: nowMs - days(30) }),
      row('past-limit', { updatedAt: nowMs - days(30) - 1 }),
      row('no-time', {}),
      row('null-time', { updatedAt: null }),
      row('zero', { updatedAt: 0 }),
      row('negative', { updatedAt: -5 }),
      row('future', { updatedAt: nowMs + days(1) }),
      row('numeric-text', { updatedAt: String(nowMs - days(40)) }),
      row('text', { updatedAt: 'long ago' }),
      row('no-object', 'text'),
    ];
    const gone = Object.entries(actionsOf(plan({ rows }))).filter(([, action]) => action === 'prune-stale');
    expect(gone.map(([key]) => key)).toEqual(['past-limit', 'zero', 'negative', 'numeric-text']);
  });

  test('stay when they are protected', () => {
    const rows = [row('agent:main:telegram:group:1', entry(days(40))), row('agent:main:x', entry(days(40)))];
    expect(actionsOf(plan({ rows, flags: { activeKey: 'AGENT:MAIN:X' } }))).toEqual({
      'agent:main:telegram:group:1': 'keep',
      'agent:main:x': 'keep',
    });
  });
});

describe('the cap', () => {
  const session = { maintenance: { maxEntries: 2 } };

  test('keeps the newest; of equal rows the later one goes, and one without a time goes first', () => {
    const rows = [row('none', {}), row('b', entry(2)), row('c', entry(1)), row('d', entry(2))];
    expect(actionsOf(plan({ rows, session }))).toEqual({
      none: 'cap-overflow',
      b: 'keep',
      c: 'keep',
      d: 'cap-overflow',
    });
  });

  test('protected rows take their places, and may exceed it alone', () => {
    const group = (id: number) => row(`agent:main:telegram:group:${id}`, entry(5));
    expect(actionsOf(plan({ rows: [group(1), row('a', entry(1)), row('b', entry(2))], session }))).toMatchObject({
      a: 'keep',
      b: 'cap-overflow',
    });
    expect(actionsOf(plan({ rows: [group(1), group(2), group(3), row('a', entry(1))], session }))).toEqual({
      'agent:main:telegram:group:1': 'keep',
      'agent:main:telegram:group:2': 'keep',
      'agent:main:telegram:group:3': 'keep',
      a: 'cap-overflow',
    });
  });

  test('does not count rows that an earlier step removed', () => {
    const rows = [row('stale', entry(days(40))), row('a', entry(1)), row('b', entry(2))];
    expect(actionsOf(plan({ rows, session }))).toEqual({ stale: 'prune-stale', a: 'keep', b: 'keep' });
  });
});

describe('missing transcripts', () => {
  const flags = { fixMissing: true };

  test('take their rows along, group rows and the active key too', () => {
    const rows = [
      row('agent:main:telegram:group:1', entry(1, { sessionId: 'a' }), { exists: false }),
      row('active', entry(1, { sessionId: 'b' }), { exists: false }),
      row('there', entry(1, { sessionId: 'c' })),
    ];
    expect(actionsOf(plan({ rows, flags: { ...flags, activeKey: 'active' } }))).toEqual({
      'agent:main:telegram:group:1': 'prune-missing',
      active: 'prune-missing',
      there: 'keep',
    });
  });

  test('are only looked for when asked', () => {
    const rows = [row('a', entry(1, { sessionId: 'a' }), { exists: false })];
    expect(actionsOf(plan({ rows }))).toEqual({ a: 'keep' });
  });

  test('rows that name no session, or none that can be a file, stay (V7)', () => {
    const odd = (sessionId: unknown) => ({ ...row('x', entry(1, { sessionId })), files: noFiles });
    const rows = [undefined, '', 7, '../x'].map((sessionId, index) => ({ ...odd(sessionId), key: String(index) }));
    const kept = [...rows, row('null', null), row('text', 'text')];
    expect(Object.values(actionsOf(plan({ rows: kept, flags })))).toEqual(kept.map(() => 'keep'));
  });
});

const noFiles = { path: undefined, exists: false, own: [], copies: [], lock: undefined };

describe('rows of single direct-message peers', () => {
  const retired = (key: string, options = {}): boolean =>
    plan({ rows: [row(key, entry(1))], flags: { fixDmScope: true }, ...options }).rows[0]?.action === 'retire-dm-scope';

  test.each([
    'agent:main:direct:p1',
    'agent:main:telegram:direct:p1',
    'agent:main:telegram:work:direct:p1',
    'agent:main:telegram:DIRECT:P2',
    'agent:main:direct:direct:x',
    'agent:main::direct:p7',
  ])('%s is retired', (key) => {
    expect(retired(key)).toBe(true);
  });

  test.each([
    'agent:main:telegram:direct:p1:thread:4',
    'agent:main:telegram:dm:p1',
    'agent:other:telegram:direct:p1',
    'telegram:direct:p1',
    'agent:main:main',
  ])('%s is not', (key) => {
    expect(retired(key)).toBe(false);
  });

  test('is not while each peer has a session of its own, nor when it is the active key', () => {
    expect(retired('agent:main:direct:p1', { session: { dmScope: 'per-peer' } })).toBe(false);
    expect(retired('agent:main:direct:p1', { flags: { fixDmScope: true, activeKey: ' Agent:main:direct:P1' } })).toBe(
      false,
    );
  });
});

describe('modes', () => {
  const rows = [row('stale', entry(days(40))), row('gone', entry(1, { sessionId: 's' }), { exists: false })];
  const session = { maintenance: { mode: 'warn' } } as const;
  const flags = { fixMissing: true };

  test('warn removes only what the repairs ask for; its preview shows what enforcing would do', () => {
    expect(actionsOf(plan({ rows, session, flags }))).toEqual({ stale: 'keep', gone: 'prune-missing' });
    expect(actionsOf(plan({ rows, session, flags, purpose: 'preview' }))).toEqual({
      stale: 'prune-stale',
      gone: 'prune-missing',
    });
  });

  test('--enforce wins', () => {
    expect(actionsOf(plan({ rows, session, flags: { enforce: true } }))).toMatchObject({ stale: 'prune-stale' });
  });
});

describe('a transcript in use (V16)', () => {
  test('keeps its row from every step, and says which', () => {
    const rows = [
      row('stale', entry(days(40), { sessionId: 'a' }), { lock }),
      row('gone', entry(1, { sessionId: 'b' }), { lock, exists: false }),
    ];
    const made = plan({ rows, flags: { fixMissing: true } });
    expect(Object.values(actionsOf(made))).toEqual(['keep', 'keep']);
    expect(made.heldBack).toEqual([
      { kind: 'row', key: 'stale', action: 'prune-stale', guard: { code: 'in-use', lock } },
      { kind: 'row', key: 'gone', action: 'prune-missing', guard: { code: 'in-use', lock } },
    ]);
  });

  test('does not push another row over the cap', () => {
    const rows = [row('agent:main:direct:p', entry(1), { lock }), row('a', entry(2)), row('b', entry(3))];
    const made = plan({ rows, session: { maintenance: { maxEntries: 2 } }, flags: { fixDmScope: true } });
    expect(Object.values(actionsOf(made))).toEqual(['keep', 'keep', 'keep']);
  });
});
