import { describe, expect, test } from 'vitest';
import { actionsOf, days, entry, plan, row, stepsOf } from '../../../helpers/cleanup-values.ts';

const archived = (name: string): string => `${name}.deleted.2026-11-20T12-00-00.000Z`;

describe('files of removed rows', () => {
  test('transcripts are archived under the time of the run, sidecars deleted', () => {
    const made = plan({
      rows: [row('old', entry(days(40), { sessionId: 's' })), row('new', entry(1, { sessionId: 't' }))],
      files: { 's.jsonl': {}, 's.trajectory.jsonl': {}, 't.jsonl': {}, 't.trajectory.jsonl': {} },
    });
    expect(made.steps).toMatchObject([
      { effect: 'archive', file: 's.jsonl', archive: archived('s.jsonl'), why: 'row-removed', key: 'old' },
      { effect: 'delete', file: 's.trajectory.jsonl', why: 'row-sidecar', key: 'old' },
    ]);
  });

  test.each(['apply', 'preview'] as const)('never take the name of another archive (%s)', (purpose) => {
    const long = 'x'.repeat(230);
    const named = (key: string, sessionFile: string) => row(key, entry(days(40), { sessionId: key, sessionFile }));
    const made = plan({
      purpose,
      rows: [
        named('a', 'a.jsonl'),
        named('b', 'sub/b.jsonl'),
        named('c', `${long}1.jsonl`),
        named('d', `${long}2.jsonl`),
      ],
      files: {
        'a.jsonl': {},
        [archived('a.jsonl')]: {},
        'sub/b.jsonl': {},
        [`${long}1.jsonl`]: {},
        [`${long}2.jsonl`]: {},
      },
      subfolders: { sub: ['b.jsonl', archived('b.jsonl')] },
    });
    const nextMs = (name: string): string => archived(name).replace('00.000Z', '00.001Z');
    const shortened = 'x'.repeat(255 - archived('').length);
    expect(made.steps.flatMap(({ archive }) => archive ?? [])).toEqual([
      nextMs('a.jsonl'),
      nextMs('sub/b.jsonl'),
      archived(shortened),
      nextMs(shortened),
    ]);
  });

  test('stay while another row has the session', () => {
    const made = plan({
      rows: [row('old', entry(days(40), { sessionId: 's' })), row('new', entry(1, { sessionId: 's' }))],
      files: { 's.jsonl': {} },
    });
    expect(made.steps).toEqual([]);
  });

  test('stay while another row names the file, and that is said (V10)', () => {
    const made = plan({
      rows: [
        row('old', entry(days(40), { sessionId: 's', sessionFile: 't.jsonl' })),
        row('new', entry(1, { sessionId: 't' })),
      ],
      files: { 't.jsonl': {}, 's.jsonl': {} },
      archivable: { old: ['t.jsonl', 's.jsonl'] },
    });
    expect(stepsOf(made)).toEqual(['archive s.jsonl']);
    expect(made.heldBack).toEqual([{ kind: 'file', file: 't.jsonl', why: 'row-removed', guard: { code: 'named' } }]);
  });

  test('of two removed rows of one session, the last that names a file decides', () => {
    const old = (key: string, fields: object) => row(key, entry(days(40), { sessionId: 's', ...fields }));
    const made = plan({
      rows: [old('a', { sessionFile: '1.jsonl' }), old('b', { sessionFile: '2.jsonl' }), old('c', {})],
      files: { '1.jsonl': { ageMs: days(1) }, '2.jsonl': { ageMs: days(1) } },
    });
    expect(stepsOf(made)).toEqual(['archive 2.jsonl']);
  });

  test('capped rows come after stale ones, and oldest last, whatever their order in the store', () => {
    const named = (key: string, ageMs: number) =>
      row(key, entry(ageMs, { sessionId: 's', sessionFile: `${key}.jsonl` }));
    const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.jsonl`, { ageMs: days(1) }]));
    const session = { maintenance: { maxEntries: 1 } };
    const rows = [named('a', days(9)), named('b', days(5)), named('c', days(40)), row('new', entry(1))];
    expect(stepsOf(plan({ rows, files, session }))).toEqual(['archive a.jsonl']);
  });

  test('a row without a session id loses the file it names, a retired one does not', () => {
    const rows = [
      row('stale', entry(days(40), { sessionFile: 'a.jsonl' })),
      row('agent:main:direct:p', entry(1, { sessionFile: 'b.jsonl' })),
    ];
    const files = { 'a.jsonl': { ageMs: days(1) }, 'b.jsonl': { ageMs: days(1) } };
    expect(stepsOf(plan({ rows, files, flags: { fixDmScope: true } }))).toEqual(['archive a.jsonl']);
  });

  test('the store is never taken for a transcript (V20)', () => {
    const made = plan({
      rows: [row('old', entry(days(40), { sessionId: 's', sessionFile: 'sessions.json' }))],
      files: { 'sessions.json': {} },
    });
    expect(made.steps).toEqual([]);
  });
});

describe('archives', () => {
  const old = 'x.jsonl.deleted.2020-01-01T00-00-00.000Z';
  const oldReset = 'x.jsonl.reset.2020-01-01T00-00-00.000Z';
  const files = { [old]: {}, [oldReset]: {}, 'x.jsonl.bak.2020-01-01T00-00-00.000Z': {} };

  test('expire by the time in their names', () => {
    expect(stepsOf(plan({ rows: [], files: { ...files, 'x.jsonl.deleted.2026-11-20T00-00-00.000Z': {} } }))).toEqual([
      `delete ${old}`,
      `delete ${oldReset}`,
    ]);
  });

  test('stay when reset archives stay for ever and nothing was archived in this run', () => {
    const session = { maintenance: { resetArchiveRetention: false } } as const;
    expect(stepsOf(plan({ rows: [], files, session }))).toEqual([]);
    const rows = [row('old', entry(days(40), { sessionId: 's' }))];
    expect(stepsOf(plan({ rows, files: { ...files, 's.jsonl': {} }, session }))).toEqual([
      'archive s.jsonl',
      `delete ${old}`,
    ]);
  });

  test('in a sub-folder are looked at only when it received one', () => {
    const rows = [row('old', entry(days(40), { sessionId: 's', sessionFile: 'sub/t.jsonl' }))];
    const made = plan({ rows, files: { ...files, 'sub/t.jsonl': {} }, subfolders: { sub: [old] } });
    expect(stepsOf(made)).toEqual(['archive sub/t.jsonl', `delete sub/${old}`]);
  });

  test('of this run do not expire in it (V20)', () => {
    const rows = [row('old', entry(days(40), { sessionId: 's' }))];
    const made = plan({ rows, files: { 's.jsonl': {} }, session: { maintenance: { pruneAfter: 0 } } });
    expect(stepsOf(made)).toEqual(['archive s.jsonl']);
  });

  test('are left alone in warn mode', () => {
    expect(stepsOf(plan({ rows: [], files, session: { maintenance: { mode: 'warn' } } }))).toEqual([]);
  });
});

describe('unreferenced artifacts', () => {
  test('are counted, oldest first; empty ones go uncounted', () => {
    const made = plan({
      rows: [],
      files: {
        'a.jsonl': { ageMs: days(40), bytes: 5 },
        'b.jsonl': { ageMs: days(50), bytes: 7 },
        'e.jsonl': { bytes: 0 },
      },
    });
    expect(stepsOf(made)).toEqual(['delete b.jsonl', 'delete a.jsonl', 'delete e.jsonl']);
    expect(made.artifacts).toEqual({ scannedFiles: 3, removedFiles: 2, freedBytes: 12, olderThanMs: days(30) });
  });

  test('stay when a row names them, by any of its fields', () => {
    const checkpoint = 's.checkpoint.11111111-1111-4111-8111-111111111111.jsonl';
    const made = plan({
      rows: [row('new', entry(1, { sessionId: 's' }), { copies: [checkpoint] })],
      files: { 's.jsonl': {}, 's.trajectory.jsonl': {}, 's.trajectory-path.json': {}, [checkpoint]: {} },
    });
    expect(made.steps).toEqual([]);
  });

  test('topic transcripts of a session that stays count as its own (V10)', () => {
    const made = plan({
      rows: [row('new', entry(1, { sessionId: 's' }))],
      files: { 's.jsonl': {}, 's-topic-5.jsonl': {}, 's-topic-5.trajectory.jsonl': {}, 'x-topic-5.jsonl': {} },
    });
    expect(stepsOf(made)).toEqual(['delete x-topic-5.jsonl']);
    expect(made.heldBack).toContainEqual({
      kind: 'file',
      file: 's-topic-5.jsonl',
      why: 'unreferenced',
      guard: { code: 'topic' },
    });
  });

  test('young files and files in use stay (V16)', () => {
    const made = plan({
      rows: [],
      session: { maintenance: { pruneAfter: '1m' } },
      files: { 'young.jsonl': { ageMs: 120_000 }, 'used.jsonl': {}, 'old.jsonl': { ageMs: 301_000 } },
      locks: ['used.jsonl'],
    });
    expect(stepsOf(made)).toEqual(['delete old.jsonl']);
    expect(made.heldBack.map((held) => held.guard.code)).toEqual(['in-use', 'young']);
  });

  test('the store is none, whatever it is called (V20)', () => {
    const made = plan({ rows: [], files: { 'store.jsonl': {} }, storeNames: ['store.jsonl'] });
    expect(made.steps).toEqual([]);
  });

  test('a preview counts the transcript that a removed row has by its id when it names another', () => {
    const made = plan({
      rows: [row('old', entry(days(40), { sessionId: 's', sessionFile: 't.jsonl' }))],
      files: { 's.jsonl': {}, 't.jsonl': {} },
      archivable: { old: ['t.jsonl', 's.jsonl'] },
      purpose: 'preview',
    });
    expect(stepsOf(made)).toEqual(['archive t.jsonl', 'archive s.jsonl']);
    expect(made.artifacts.removedFiles).toBe(1);
  });

  test('a preview does not count what goes with a removed row, but names it', () => {
    const rows = [
      row('old', entry(days(40), { sessionId: 's' })),
      row('agent:main:direct:p', entry(1, { sessionId: 'd' })),
    ];
    const files = { 's.jsonl': {}, 's.trajectory.jsonl': {}, 'd.jsonl': {}, 'd.trajectory.jsonl': {}, 'x.jsonl': {} };
    const made = plan({ rows, files, flags: { fixDmScope: true }, purpose: 'preview' });
    expect(made.artifacts).toMatchObject({ scannedFiles: 5, removedFiles: 1 });
    const applied = plan({ rows, files, flags: { fixDmScope: true } });
    expect([...stepsOf(made)].sort()).toEqual([...stepsOf(applied)].sort());
  });
});

describe('the disk budget', () => {
  const kb = { bytes: 1000 };
  /** Entries take about 50 bytes each in the store. */
  const session = (maxDiskBytes: number, highWaterBytes = maxDiskBytes) => ({
    maintenance: { maxDiskBytes, highWaterBytes },
  });

  test('within it nothing goes', () => {
    const made = plan({ rows: [], files: { 'x.jsonl': { ...kb, ageMs: days(1) } }, session: session(2000) });
    expect(made.steps).toEqual([]);
    expect(made.diskBudget).toMatchObject({ totalBytesBefore: 1002, overBudget: false });
  });

  test('files go first, oldest first, down to the high-water mark', () => {
    const made = plan({
      rows: [row('a', entry(1, { sessionId: 'a' }))],
      files: {
        'a.jsonl': { ...kb, ageMs: days(9) },
        'new.jsonl': { ...kb, ageMs: days(1) },
        'old.jsonl': { ...kb, ageMs: days(3) },
        'x.jsonl.bak.2020-01-01T00-00-00Z': { ...kb, ageMs: days(2) },
        'other.txt': { ...kb, ageMs: days(99) },
      },
      session: session(4000, 3500),
    });
    expect(stepsOf(made)).toEqual(['delete old.jsonl', 'delete x.jsonl.bak.2020-01-01T00-00-00Z']);
    expect(made.diskBudget).toMatchObject({ removedFiles: 2, freedBytes: 2000, removedEntries: 0 });
  });

  test('then rows with their files, least recent first, protected ones never', () => {
    const made = plan({
      rows: [
        row('agent:main:telegram:group:1', entry(days(9), { sessionId: 'g' })),
        row('b', entry(days(2), { sessionId: 'b' })),
        row('a', entry(days(3), { sessionId: 'a' })),
      ],
      files: { 'a.jsonl': kb, 'a.trajectory.jsonl': kb, 'b.jsonl': kb, 'g.jsonl': kb },
      session: session(3000),
    });
    expect(actionsOf(made)).toEqual({ 'agent:main:telegram:group:1': 'keep', b: 'keep', a: 'evict-budget' });
    expect(stepsOf(made)).toEqual(['delete a.jsonl', 'delete a.trajectory.jsonl']);
    expect(made.diskBudget).toMatchObject({ removedFiles: 2, removedEntries: 1, freedBytes: 2000 });
  });

  test('the store counts as it will be written: what is left is the size of its text and its files', () => {
    const rows = [row('a', entry(1, { sessionId: 'a' })), row('ü"\n', entry(2, { sessionId: 'b' }))];
    const text = JSON.stringify(Object.fromEntries(rows.map(({ key, entry: stored }) => [key, stored])), null, 2);
    const made = plan({ rows, files: { 'sessions.json': { bytes: 5 }, 'a.jsonl': kb }, session: session(9999) });
    expect(made.diskBudget?.totalBytesBefore).toBe(1000 + Buffer.byteLength(text));
    const emptied = plan({ rows, files: {}, session: session(0) });
    expect(emptied.diskBudget).toMatchObject({ totalBytesAfter: 2, removedEntries: 2 });
  });

  test('a row whose files are young or in use stays with them (V16)', () => {
    const made = plan({
      rows: [row('young', entry(days(3), { sessionId: 'y' })), row('used', entry(days(2), { sessionId: 'u' }))],
      files: { 'y.jsonl': { ...kb, ageMs: 1000 }, 'u.jsonl': kb, 'x.jsonl': { ...kb, ageMs: 1000 } },
      locks: ['u.jsonl'],
      session: session(0),
    });
    expect(Object.values(actionsOf(made))).toEqual(['keep', 'keep']);
    expect(made.steps).toEqual([]);
    expect(made.heldBack.map((held) => (held.kind === 'row' ? held.key : held.file))).toEqual([
      'x.jsonl',
      'young',
      'used',
    ]);
  });

  test('a file that a remaining row names stays when another row goes', () => {
    const made = plan({
      rows: [
        row('old', entry(days(3), { sessionId: 'o', sessionFile: 'shared.jsonl' })),
        row('agent:main:telegram:group:1', entry(1, { sessionId: 'g', sessionFile: 'shared.jsonl' })),
      ],
      files: { 'shared.jsonl': kb },
      session: session(0),
    });
    expect(actionsOf(made)).toMatchObject({ old: 'evict-budget' });
    expect(made.steps).toEqual([]);
  });

  test('a file in a sub-folder goes with its row; only an applied run counts it', () => {
    const rows = [row('a', entry(1, { sessionId: 'a', sessionFile: 'sub/t.jsonl' }))];
    const files = { 'sub/t.jsonl': kb, 'other.txt': kb };
    const [preview, applied] = (['preview', 'apply'] as const).map((purpose) =>
      plan({ rows, files, session: session(0), purpose }),
    );
    expect(preview && stepsOf(preview)).toEqual(['delete sub/t.jsonl']);
    expect(preview?.diskBudget).toMatchObject({ removedFiles: 0, totalBytesAfter: 1002 });
    expect(applied?.diskBudget).toMatchObject({ removedFiles: 1, totalBytesAfter: 2 });
  });

  test('warn mode only measures', () => {
    const made = plan({
      rows: [],
      files: { 'x.jsonl': kb },
      session: { maintenance: { mode: 'warn', maxDiskBytes: 0 } },
    });
    expect(made.steps).toEqual([]);
    expect(made.diskBudget).toMatchObject({ removedFiles: 0, overBudget: true });
  });

  test('rows that are archived in this run are deleted as archives when it does not suffice', () => {
    const made = plan({
      rows: [row('old', entry(days(40), { sessionId: 's' }))],
      files: { 's.jsonl': kb },
      session: session(0),
    });
    expect(stepsOf(made)).toEqual(['archive s.jsonl', `delete ${archived('s.jsonl')}`]);
  });
});

test('counts the old file of a removed row without a session id as unreferenced in a preview, as the reference does', () => {
  const stale = row('agent:main:a', entry(days(40), { sessionFile: 'a.jsonl' }));
  const { artifacts } = plan({ rows: [stale], purpose: 'preview', files: { 'a.jsonl': {} } });
  expect(artifacts).toMatchObject({ removedFiles: 1, freedBytes: 10 });
});
