import fc from 'fast-check';
import { sometimes } from './sometimes.ts';

/** Random transcripts and runtime trajectories, as texts; they shrink line by line. */

const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Plain words, local paths, what names people, and secrets with and without a path beside them. */
const text: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      '',
      'hello',
      'two\nlines',
      'v\u00e9ry \u{1f600}',
      '  blanks  ',
      'a "quoted" word',
      'back\\slash',
    ),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      '$HOME/ws/a.txt',
      '$HOME/ws',
      '$HOME/ws2/b',
      '$HOME/.openclaw/agents',
      'see $HOME/notes now',
      '/etc/passwd',
      '/status  a//b/./c',
      '~/x',
      '../y',
      '/var/log/x 1234567890',
      'look in $HOME/x at bob@example.com, @handle_1 and 123456789',
      'https://user:pw@host/x?token=abcd&b=1 in $HOME/x',
    ),
  },
  { weight: 1, arbitrary: fc.constant(`${'long words '.repeat(300)} $HOME/x`) },
  { weight: 1, arbitrary: fc.constant('long words '.repeat(300)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'API_KEY=abcdefghijklmnopqrstuvwxyz0123 in $HOME/x',
      'export MY_TOKEN=abcdefgh',
      'Authorization: Bearer abcdefghijklmnop0123',
      'sk-abcdefghijklmnopqrstuvwx',
      'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
      'sk-abcdefghijklmnopqrstuvwx in $HOME/x',
      '/tmp/x: ghp_abcdefghijklmnopqrstuvwxyz0123456789',
      '/x?apikey=abcdefghijklmnop',
      'bob@example.com',
      '{"password": "hunter2hunter2"}',
    ),
  },
);

const member = fc.constantFrom(
  'a',
  'path',
  'token',
  'apiKey',
  'cookie',
  'totalTokens',
  'name',
  'value',
  'x-y',
  '\u00fc',
);
const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 6, arbitrary: text },
    { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1.5, 1e21) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 3, arbitrary: fc.dictionary(member, tie('value'), { maxKeys: 4 }) },
  ),
})).value;
const object = fc.dictionary(member, value, { maxKeys: 4 });

const block: fc.Arbitrary<unknown> = fc.oneof(
  text.map((words) => ({ type: 'text', text: words })),
  fc
    .tuple(
      fc.constantFrom('toolCall', 'tool_use', 'functionCall', ' ToolUse '),
      object,
      fc.constantFrom('arguments', 'input', 'parameters'),
    )
    .map(([type, args, name]) => ({ type, id: 'call_1', name: 'read', [name]: args })),
  fc.constant({ type: 'image', mimeType: 'image/png', data: 'aGVsbG8gd29ybGQ=' }),
  fc.constant({ type: 'thinking', thinking: 'hm' }),
);
const message: fc.Arbitrary<unknown> = fc.record({
  role: fc.constantFrom('user', 'assistant', 'toolResult', 'custom', 'bashExecution', 'hookMessage'),
  content: fc.oneof(text, fc.array(block, { maxLength: 3 })),
});

/** The fields of an entry, but for its place in the tree and in time. */
const entry: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { weight: 8, arbitrary: message.map((each) => ({ type: 'message', message: each })) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        type: fc.constant('compaction'),
        summary: text,
        firstKeptEntryId: fc.constant('e0'),
        tokensBefore: fc.nat(9999),
      },
      { requiredKeys: ['type'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('compaction'), summary: text, firstKeptEntryIndex: fc.nat(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        type: fc.constant('branch_summary'),
        fromId: fc.constant('e0'),
        summary: text,
        details: object,
        fromHook: fc.boolean(),
      },
      { requiredKeys: ['type', 'fromId'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      { type: fc.constant('custom'), customType: fc.constant('model-snapshot'), data: object },
      { requiredKeys: ['type'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('custom_message'),
      customType: fc.constant('note'),
      content: text,
      display: fc.boolean(),
      details: object,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { type: 'thinking_level_change', thinkingLevel: 'high' },
      { type: 'model_change', provider: 'openai', modelId: 'gpt-5.5' },
      { type: 'label', targetId: 'e0', label: 'a label' },
      { type: 'session_info', name: 'a name' },
      { type: 'leaf', targetId: 'e0' },
    ),
  },
);

const placed = fc.record({
  entry,
  parent: fc.oneof(
    { weight: 10, arbitrary: fc.constant('before') },
    { weight: 1, arbitrary: fc.constantFrom('two before', 'none', 'unknown', 'absent') },
  ),
  time: fc.oneof(
    { weight: 10, arbitrary: fc.constant('text') },
    { weight: 1, arbitrary: fc.constantFrom('number', 'absent', 'same', 'wrong') },
  ),
  odd: sometimes(
    4,
    fc.constantFrom(
      '',
      '   ',
      '{"torn": ',
      '{"no": "type"}',
      '42',
      '"text"',
      'null',
      '{"type": "message", "id": "m", "timestamp": "2026-01-02T03:04:05.000Z"}',
    ),
  ),
});

/** A transcript of any version, with branches, gaps and odd lines. */
export function transcript(sessionId: string): fc.Arbitrary<string> {
  return fc
    .record({
      version: fc.constantFrom(3, 3, 3, 3, 2, 1, undefined),
      hasHeader: fc.integer({ min: 0, max: 19 }).map((dice) => dice > 0),
      entries: fc.array(placed, { maxLength: 12, size: 'max' }),
      lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    })
    .map(({ version, hasHeader, entries, lineEnd }) => {
      const header = {
        type: 'session',
        ...(version === undefined ? {} : { version }),
        id: sessionId,
        timestamp: iso(0),
        cwd: '$HOME/ws',
      };
      const lines = entries.flatMap(({ entry: fields, parent, time, odd }, index) => [
        JSON.stringify({ ...fields, id: `e${index}`, ...parentOf(parent, index), ...timeOf(time, index) }),
        ...(odd === undefined ? [] : [odd]),
      ]);
      return [...(hasHeader ? [JSON.stringify(header)] : []), ...lines].map((line) => line + lineEnd).join('');
    });
}

const iso = (seconds: number): string => new Date(startMs + seconds * 1000).toISOString();

function parentOf(how: string, index: number): object {
  const before = index === 0 ? null : `e${index - 1}`;
  switch (how) {
    case 'two before':
      return { parentId: index < 2 ? before : `e${index - 2}` };
    case 'none':
      return { parentId: null };
    case 'unknown':
      return { parentId: 'nobody' };
    case 'absent':
      return {};
    default:
      return { parentId: before };
  }
}

function timeOf(how: string, index: number): object {
  switch (how) {
    case 'number':
      return { timestamp: startMs + index * 1000 };
    case 'same':
      return { timestamp: iso(0) };
    case 'wrong':
      return { timestamp: 'yesterday' };
    case 'absent':
      return {};
    default:
      return { timestamp: iso(index) };
  }
}

const skills = [
  { entries: [{ name: 's', filePath: '$HOME/ws/skills/s/SKILL.md' }] },
  { entries: [] },
  { entries: [{ name: 't' }] },
];
const run = fc.record({
  type: fc.constantFrom(
    'session.started',
    'trace.metadata',
    'context.compiled',
    'prompt.submitted',
    'model.completed',
    'trace.artifacts',
    'session.ended',
    'tool.call',
    'model.fallback_step',
  ),
  words: text,
  any: object,
  pick: fc.nat(11),
});

/** A runtime trajectory: the events of a run, those of another session, and odd lines. */
export function runtimeTrajectory(sessionId: string): fc.Arbitrary<string> {
  return fc.array(run, { maxLength: 10, size: 'max' }).map((events) =>
    events
      .map(({ type, words, any, pick }, index) => {
        if (pick === 11) return ['', '{"torn": ', '{"traceSchema": "other"}', 'null'][index % 4]!;
        return JSON.stringify({
          traceSchema: 'openclaw-trajectory',
          schemaVersion: 1,
          traceId: sessionId,
          source: 'runtime',
          type,
          ts: iso(pick === 1 ? 0 : index),
          seq: index + 1,
          ...(pick === 2 ? {} : { sourceSeq: index + 1 }),
          sessionId: pick === 10 ? 'another' : sessionId,
          ...(pick === 3 ? { workspaceDir: '$HOME/ws', provider: 'openai', modelId: 'gpt-5.5', unknown: 1 } : {}),
          ...(pick === 4 && type !== 'context.compiled' ? {} : { data: dataOf(type, words, any, pick) }),
        });
      })
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function dataOf(type: string, words: string, any: object, pick: number): object {
  switch (type) {
    case 'trace.metadata':
      return {
        harness: any,
        config: { a: words },
        skills: skills[pick % 3],
        prompting: { skillsPrompt: words },
        other: 1,
      };
    case 'context.compiled':
      // Both of what makes a file of its own: without them the list of files is another (V79).
      return {
        systemPrompt: `You ${words}`,
        prompt: words,
        messages: [],
        tools: [{ name: 'read', parameters: any }],
        imagesCount: 0,
      };
    case 'prompt.submitted':
      return { prompt: words };
    case 'tool.call':
      return { name: 'read', arguments: pick % 2 === 0 ? { path: '$HOME/ws/skills/s/SKILL.md' } : any };
    case 'model.completed':
      return { usage: { totalTokens: pick }, assistantTexts: [words], promptError: pick === 5 ? null : undefined };
    case 'session.ended':
      return { status: 'success', aborted: false, promptError: words };
    default:
      return any;
  }
}
