/* eslint-disable @typescript-eslint/no-explicit-any -- tests take bundles apart as they come */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeBundle } from '../../../helpers/bundle.ts';
import { event, header, linesOf, message, row, time } from '../../../helpers/lines.ts';
import { isThorough } from '../../../helpers/thorough.ts';

test('an empty transcript and one with a header only are bundles without events', async () => {
  for (const [rows, expectedHeader] of [
    [[], null],
    [[header], { ...header, cwd: '~' }],
  ] as const) {
    const { texts, branch, manifest, plan } = await makeBundle(rows);
    expect(texts['events.jsonl']).toBe('\n');
    expect(branch).toEqual({ header: expectedHeader, leafId: null, entries: [] });
    expect(texts['session-branch.json']).toContain('"entries": []\n}\n');
    expect(manifest).toMatchObject({ eventCount: 0, leafId: null });
    expect(manifest.contents).toEqual([
      { path: 'events.jsonl', mediaType: 'application/x-ndjson', bytes: 1 },
      {
        path: 'session-branch.json',
        mediaType: 'application/json',
        bytes: Buffer.byteLength(texts['session-branch.json']!),
      },
    ]);
    expect(plan.files.map(({ name }) => name)).toEqual(['events.jsonl', 'session-branch.json']);
  }
});

test('every type of entry gives its event, in the order of the branch', async () => {
  const { events } = await makeBundle([
    header,
    message('1', null, 'hi'),
    message(
      '2',
      '1',
      [
        { type: 'text', text: 'x' },
        { type: 'toolCall', id: 'c1', name: 'read', arguments: { path: '/home/user/ws/a', apiKey: 'x' } },
        null,
        { type: ' ToolUse ', id: 7, name: 7, arguments: null, input: { a: 1 }, parameters: { b: 1 } },
        { type: 'FUNCTIONCALL', parameters: 0 },
      ],
      'assistant',
    ),
    message('3', '2', [], 'toolResult'),
    message('4', '3', [], 'bashExecution'),
    row('5', '4', {
      type: 'compaction',
      summary: 's',
      firstKeptEntryId: '1',
      tokensBefore: 9,
      details: { token: 't' },
    }),
    row('6', '5', { type: 'branch_summary', fromId: '1', summary: 's', fromHook: true }),
    row('7', '6', { type: 'custom', customType: 'k', data: [1] }),
    row('8', '7', { type: 'custom_message', customType: 'k', content: 'c', display: false }),
    row('9', '8', { type: 'thinking_level_change', thinkingLevel: 'low' }),
    row('10', '9', { type: 'model_change', provider: 'p', modelId: 'm' }),
    row('11', '10', { type: 'label', targetId: '1', label: 'l' }),
    row('12', '11', { type: 'session_info', name: 'n' }),
    row('13', '12', { type: 'something_new' }),
  ]);
  expect(events.map(({ type, entryId, data }) => [type, entryId, data])).toEqual([
    ['user.message', '1', { message: { role: 'user', content: 'hi' } }],
    ['assistant.message', '2', expect.anything()],
    [
      'tool.call',
      '2',
      { toolCallId: 'c1', name: 'read', arguments: { path: '$WORKSPACE_DIR/a' }, assistantEntryId: '2', blockIndex: 1 },
    ],
    ['tool.call', '2', { arguments: { a: 1 }, assistantEntryId: '2', blockIndex: 3 }],
    ['tool.call', '2', { arguments: 0, assistantEntryId: '2', blockIndex: 4 }],
    ['tool.result', '3', { message: { role: 'toolResult', content: [] } }],
    ['message.bashExecution', '4', { message: { role: 'bashExecution', content: [] } }],
    ['session.compaction', '5', { summary: 's', firstKeptEntryId: '1', tokensBefore: 9, details: {}, fromHook: false }],
    ['session.branch_summary', '6', { fromId: '1', summary: 's', fromHook: true }],
    ['session.custom', '7', { customType: 'k', data: [1] }],
    ['session.custom_message', '8', { customType: 'k', content: 'c', display: false }],
    ['session.thinking_level_change', '9', { thinkingLevel: 'low' }],
    ['session.model_change', '10', { provider: 'p', modelId: 'm' }],
    ['session.label', '11', { targetId: '1', label: 'l' }],
    ['session.info', '12', { name: 'n' }],
  ]);
  expect(events.map(({ seq, sourceSeq }) => [seq, sourceSeq])).toEqual(
    events.map((_, index) => [index + 1, index + 1]),
  );
});

test('an event has the keys of the reference in its order, and parentEntryId only when the entry has a parentId', async () => {
  const { texts } = await makeBundle([header, { type: 'custom', id: 'a', timestamp: 1_767_323_045_000 }]);
  expect(texts['events.jsonl']).toBe(
    '{"traceSchema":"openclaw-trajectory","schemaVersion":1,"traceId":"s","source":"transcript","type":"session.custom",' +
      '"ts":"2026-01-02T03:04:05.000Z","seq":1,"sourceSeq":1,"sessionId":"s","sessionKey":"agent:main:main",' +
      '"workspaceDir":"$WORKSPACE_DIR","entryId":"a","data":{}}\n',
  );
});

test.each([
  ['2026-01-02T03:04:05+01:00', '2026-01-02T02:04:05.000Z'],
  [1_767_323_045_000.7, '2026-01-02T03:04:05.000Z'],
  ['', '1970-01-01T00:00:00.000Z'],
  ['soon', '1970-01-01T00:00:00.000Z'],
  [1e20, '1970-01-01T00:00:00.000Z'],
])('a timestamp %j is shown as %s', async (timestamp, expected) => {
  const { events } = await makeBundle([row('a', null, { timestamp })]);
  expect(events[0].ts).toBe(expected);
});

test('shows every entry and event once, whatever the order of their times', async () => {
  const call = { type: 'toolCall', id: 'c', name: 'read', arguments: {} };
  const kinds = fc.constantFrom<(id: string, parent: string | null, second: number) => object>(
    (id, parent, second) => message(id, parent, id, 'user', second),
    (id, parent, second) => message(id, parent, [call, call], 'assistant', second),
    (id, parent, second) => row(id, parent, { data: id }, second),
    (id, parent, second) => row(id, parent, { type: 'something_new' }, second),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(kinds, fc.nat(9)), { maxLength: 12 }), fc.nat(3), async (made, runs) => {
      const rows = made.map(([make, second], index) => make(`${index}`, index === 0 ? null : `${index - 1}`, second));
      const runtime = Array.from({ length: runs }, (_, index) => event('run', {}, { ts: time(index * 3), seq: index }));
      const { branch, events } = await makeBundle([header, ...rows], runtime);
      expect(branch.entries).toEqual(rows);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.map(({ ts }) => ts)).toEqual(events.map(({ ts }) => ts).toSorted());
      const own = events.filter(({ source, type }) => source === 'transcript' && type !== 'tool.call');
      const shown = rows.filter((each) => !('type' in each && each.type === 'something_new'));
      expect(
        own
          .toSorted((a, b) => a.sourceSeq - b.sourceSeq)
          .map(({ entryId: id, parentEntryId: parentId, ts: timestamp, data }) => ({
            id,
            parentId,
            timestamp,
            data: data.message ?? data.data,
          })),
      ).toEqual(
        shown.map((each: any) => ({
          id: each.id,
          parentId: each.parentId,
          timestamp: each.timestamp,
          data: each.message ?? each.data,
        })),
      );
    }),
    { numRuns: isThorough ? 5000 : 200 },
  );
});

test('sorts by time, then runtime before transcript, then by their own numbers', async () => {
  const { events } = await makeBundle(
    [header, row('a', null, {}, 2), row('b', 'a', {}, 1), row('c', 'b', {}, 1)],
    [
      event('r1', {}, { ts: time(2), sourceSeq: 9 }),
      event('r2', {}, { ts: time(2), sourceSeq: 3, seq: 99 }),
      event('r3', {}, { ts: time(2), sourceSeq: undefined, seq: 5 }),
      event('r4', {}, { ts: time(0), sourceSeq: 50 }),
    ],
  );
  expect(events.map((each) => each.entryId ?? each.type)).toEqual(['r4', 'b', 'c', 'r2', 'r3', 'r1', 'a']);
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(events[3]).toMatchObject({ type: 'r2', seq: 4, sourceSeq: 3 });
});

test('an event of the runtime keeps all its keys in their order; only seq is new', async () => {
  const stored = {
    odd: { z: 1 },
    ...event('x', { b: 1, a: 2 }, { seq: 77, workspaceDir: '/home/user/ws/sub' }),
    last: [],
  };
  const { events } = await makeBundle([], [stored]);
  expect(JSON.stringify(events[0])).toBe(JSON.stringify({ ...stored, seq: 1, workspaceDir: '$WORKSPACE_DIR/sub' }));
});

test('events of other sessions are left out without a warning', async () => {
  const { events, manifest } = await makeBundle([], [event('x', {}, { sessionId: 'other' }), event('y')]);
  expect(events.map(({ type }) => type)).toEqual(['y']);
  expect(manifest).not.toHaveProperty('warnings');
});

test('lines that are no rows are left out and counted, with the numbers of the first twenty', async () => {
  const transcript = [
    header,
    '{"torn',
    'null',
    '42',
    '[]',
    '"text"',
    '{"id":"x","timestamp":1}',
    { type: 'message', id: 'm', timestamp: 1 },
    { type: 'message', id: 'm', timestamp: 1, message: { role: 5 } },
    ...Array.from({ length: 25 }, () => '{{'),
    row('a', null),
  ];
  const runtime = [
    '{',
    event('x', null),
    event('x', {}, { seq: '1' }),
    event('x', {}, { ts: 'never' }),
    '5',
    event('ok'),
  ];
  const { manifest, events, plan } = await makeBundle(transcript, runtime);
  expect(events.map(({ type }) => type)).toEqual(['ok', 'session.custom']);
  expect(manifest.warnings).toEqual([
    {
      source: 'session',
      code: 'invalid-session-json',
      count: 26,
      rows: [2, ...Array.from({ length: 19 }, (_, index) => 10 + index)],
      message: 'Skipped a session JSONL row that is not valid JSON.',
    },
    {
      source: 'session',
      code: 'invalid-session-row',
      count: 7,
      rows: [3, 4, 5, 6, 7, 8, 9],
      message: 'Skipped a session JSONL row that is not a session entry object.',
    },
    {
      source: 'runtime',
      code: 'invalid-runtime-json',
      count: 1,
      rows: [1],
      message: 'Skipped a runtime trajectory JSONL row that is not valid JSON.',
    },
    {
      source: 'runtime',
      code: 'invalid-runtime-event',
      count: 4,
      rows: [2, 3, 4, 5],
      message: 'Skipped a runtime trajectory JSONL row that does not match the session schema.',
    },
  ]);
  expect(plan.warnings).toEqual(manifest.warnings);
  const keys = Object.keys(manifest);
  expect(keys.indexOf('warnings')).toBe(keys.indexOf('sourceFiles') + 1);
});

test('a cycle of parents stops, a missing parent ends the branch, and both are told', async () => {
  const cycle = await makeBundle([header, row('a', 'c'), row('b', 'a'), row('c', 'b')]);
  expect(cycle.branch.entries.map(({ id }: { id: string }) => id)).toEqual(['a', 'b', 'c']);
  expect(cycle.manifest.warnings).toMatchObject([{ code: 'cyclic-session-branch', count: 1, rows: [2] }]);
  const missing = await makeBundle([header, row('a', null), row('b', 'gone'), row('c', 'b')]);
  expect(missing.branch.entries.map(({ id }: { id: string }) => id)).toEqual(['b', 'c']);
  expect(missing.manifest.warnings).toMatchObject([{ code: 'incomplete-session-branch', count: 1, rows: [3] }]);
});

test('an entry without a timestamp is on no branch, so its children lose what came before', async () => {
  const { branch, manifest } = await makeBundle([
    row('a', null),
    { type: 'custom', id: 'b', parentId: 'a' },
    row('c', 'b'),
  ]);
  expect(branch.entries.map(({ id }: { id: string }) => id)).toEqual(['c']);
  expect(manifest.warnings).toMatchObject([{ code: 'incomplete-session-branch', rows: [3] }]);
});

test('a file of version 1 gets ids and a line of parents; a compaction finds its entry', async () => {
  const { branch, manifest } = await makeBundle([
    { type: 'session', id: 's', timestamp: time(0) },
    { type: 'message', timestamp: time(1), message: { role: 'user', content: 'a' } },
    { type: 'message', id: 'own', parentId: 'zzz', timestamp: time(2), message: { role: 'hookMessage', content: 'b' } },
    { type: 'compaction', timestamp: time(3), summary: 's', firstKeptEntryIndex: 2, tokensBefore: 5 },
    {
      type: 'compaction',
      timestamp: time(3),
      summary: 's',
      firstKeptEntryIndex: 0,
      tokensBefore: 5,
      firstKeptEntryId: 'was',
    },
    {
      type: 'compaction',
      timestamp: time(3),
      summary: 's',
      firstKeptEntryIndex: 6,
      tokensBefore: 5,
      firstKeptEntryId: 'was',
    },
    { type: 'custom', id: 7, customType: 'k', timestamp: time(4) },
  ]);
  expect(JSON.stringify(branch.header)).toBe(`{"type":"session","id":"s","timestamp":"${time(0)}","version":3}`);
  expect(branch.leafId).toBe('legacy-4');
  expect(branch.entries).toEqual([
    { type: 'message', timestamp: time(1), message: { role: 'user', content: 'a' }, id: 'legacy-0', parentId: null },
    { type: 'message', id: 'own', parentId: 'legacy-0', timestamp: time(2), message: { role: 'custom', content: 'b' } },
    {
      type: 'compaction',
      timestamp: time(3),
      summary: 's',
      tokensBefore: 5,
      id: 'legacy-1',
      parentId: 'own',
      firstKeptEntryId: 'own',
    },
    {
      type: 'compaction',
      timestamp: time(3),
      summary: 's',
      tokensBefore: 5,
      firstKeptEntryId: 'was',
      id: 'legacy-2',
      parentId: 'legacy-1',
    },
    { type: 'compaction', timestamp: time(3), summary: 's', tokensBefore: 5, id: 'legacy-3', parentId: 'legacy-2' },
    { type: 'custom', id: 'legacy-4', customType: 'k', timestamp: time(4), parentId: 'legacy-3' },
  ]);
  expect(manifest).not.toHaveProperty('warnings');
});

test('a file of version 2 keeps its links; hook messages become custom messages', async () => {
  const { branch, events } = await makeBundle([
    { ...header, version: 2 },
    message('a', null, 'x', 'hookMessage'),
    message('b', 'gone', 'y', 'hookMessage'),
  ]);
  expect(branch.header.version).toBe(3);
  expect(branch.entries).toMatchObject([{ id: 'b', parentId: 'gone' }]);
  expect(events).toMatchObject([{ type: 'message.custom' }]);
});

test('files of later versions are taken as they are', async () => {
  const { branch } = await makeBundle([{ ...header, version: 4 }, message('a', null, 'x', 'hookMessage')]);
  expect(branch.header.version).toBe(4);
  expect(branch.entries[0].message.role).toBe('hookMessage');
});

test('the limits of OpenClaw 2026.5.12 are kept, with its words', async () => {
  const transcript = (bytes: number) => ({ transcript: linesOf([], bytes) });
  const runtime = (bytes: number) => ({ runtime: linesOf([], bytes) });
  await expect(makeBundle([], [], transcript(52_428_801))).rejects.toThrow(
    'Trajectory session file is too large to export (52428801 bytes; limit 52428800)',
  );
  await expect(makeBundle([], [], runtime(52_428_801))).rejects.toThrow(
    'Trajectory runtime file is too large to export (52428801 bytes; limit 52428800)',
  );
  await makeBundle([], [], { ...transcript(52_428_800), ...runtime(52_428_800) });
});

test('at most 200000 events of the runtime; what follows them counts even when it is no event', async () => {
  const full = Array.from({ length: 200_000 }, () => JSON.stringify(event('x')));
  const { plan } = await makeBundle([], [...full, '  ']);
  expect(plan.runtimeEventCount).toBe(200_000);
  await expect(makeBundle([], [...full, '{'])).rejects.toThrow(
    'Trajectory runtime file has too many events to export (limit 200000)',
  );
});

test('at most 250000 events together', async () => {
  const calls = Array.from({ length: 50_001 }, () => ({ type: 'toolCall' }));
  const runtime = Array.from({ length: 199_999 }, () => JSON.stringify(event('x')));
  await expect(makeBundle([message('a', null, calls, 'assistant')], runtime)).rejects.toThrow(
    'Trajectory export has too many events (250001; limit 250000)',
  );
});

test('says so when a line is another one by the time it is read again', async () => {
  const source = linesOf([header, row('a', null)]);
  const changing = { ...source, line: () => Promise.resolve(JSON.stringify(row('b', null))) };
  await expect(makeBundle([], undefined, { transcript: changing })).rejects.toThrow('changed while it was read');
});

test('nesting deeper than anyone writes does not end the program', async () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const { events } = await makeBundle(
    [
      header,
      `{"type":"custom","id":"a","parentId":null,"timestamp":1,"data":${deep(100_000)}}`,
      `{"type":"compaction","id":"b","parentId":"a","timestamp":1,"summary":${deep(100_000)}}`,
    ],
    [
      `{"traceSchema":"openclaw-trajectory","schemaVersion":1,"source":"runtime","type":"tool.call","ts":"2026","seq":1,"sessionId":"s","data":{"arguments":${deep(100_000)}}}`,
    ],
  );
  expect(events).toHaveLength(3);
});
