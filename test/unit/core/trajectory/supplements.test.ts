import { expect, test } from 'vitest';
import { makeBundle } from '../../../helpers/bundle.ts';
import { event, message } from '../../../helpers/lines.ts';

const common = {
  traceSchema: 'openclaw-trajectory',
  schemaVersion: 1,
  generatedAt: '2027-01-15T08:00:00.000Z',
  traceId: 's',
  sessionId: 's',
  sessionKey: 'agent:main:main',
};

test('the last event of a kind in file order counts, not the latest by time', async () => {
  const { file } = await makeBundle(
    [],
    [
      event('session.ended', { status: 'early' }, { ts: '2026-05-01T00:00:00.000Z' }),
      event('session.ended', { status: 'late' }, { ts: '2026-01-01T00:00:00.000Z' }),
    ],
  );
  expect(file('artifacts.json')).toEqual({ ...common, finalStatus: 'late' });
});

test('metadata.json takes what it names from trace.metadata, in order', async () => {
  const { file, manifest } = await makeBundle(
    [],
    [
      event('trace.metadata', {
        metadata: 8,
        redaction: 7,
        prompting: 6,
        skills: 5,
        plugins: 4,
        config: null,
        model: { name: 'n' },
        harness: 1,
        capturedAt: 'not taken',
      }),
    ],
  );
  expect(JSON.stringify(file('metadata.json'))).toBe(
    JSON.stringify({
      ...common,
      harness: 1,
      model: { name: 'n' },
      config: null,
      plugins: 4,
      skills: 5,
      prompting: 6,
      redaction: 7,
      metadata: 8,
    }),
  );
  expect(manifest.supplementalFiles).toEqual(['metadata.json']);
});

test('without a model in it, metadata.json names that of the last event that has one', async () => {
  const { file } = await makeBundle(
    [],
    [
      event('trace.metadata', { model: null }),
      event('x', {}, { provider: 'p', modelId: 'm', modelApi: 'a' }),
      event('y', {}, { provider: '', modelId: null }),
    ],
  );
  expect(file('metadata.json').model).toEqual({ provider: 'p', name: 'm', api: 'a' });
});

test('an event without data makes no file', async () => {
  const { plan } = await makeBundle(
    [],
    ['trace.metadata', 'trace.artifacts', 'context.compiled'].map((type) => event(type, {}, { data: undefined })),
  );
  expect(plan.files.map(({ name }) => name)).toEqual(['events.jsonl', 'session-branch.json']);
});

test('artifacts.json takes the first source that has a value; null falls through', async () => {
  const { file } = await makeBundle(
    [],
    [
      event('model.completed', {
        usage: 'C',
        promptError: 'C',
        promptCache: 'C',
        assistantTexts: ['C'],
        aborted: 'never',
      }),
      event('trace.artifacts', {
        finalStatus: null,
        aborted: null,
        usage: null,
        promptCache: 'A',
        toolMetas: null,
        lastToolError: 'A',
      }),
      event('session.ended', { status: 'E', aborted: false, promptError: null }),
    ],
  );
  expect(JSON.stringify(file('artifacts.json'))).toBe(
    JSON.stringify({
      ...common,
      finalStatus: 'E',
      aborted: false,
      promptError: 'C',
      usage: 'C',
      promptCache: 'A',
      assistantTexts: ['C'],
      toolMetas: null,
      lastToolError: 'A',
    }),
  );
});

test('prompts.json has every submitted prompt that is a text', async () => {
  const { file } = await makeBundle(
    [],
    [
      event('prompt.submitted', { prompt: 'one' }),
      event('prompt.submitted', { prompt: 5 }),
      event('prompt.submitted', { prompt: '' }),
      event('context.compiled', { systemPrompt: 'sys' }),
      event('trace.metadata', {
        prompting: { skillsPrompt: 'sk', userPromptPrefixText: 'pre', systemPromptReport: { a: 1 } },
      }),
    ],
  );
  expect(JSON.stringify(file('prompts.json'))).toBe(
    JSON.stringify({
      ...common,
      system: 'sys',
      submittedPrompts: ['one', ''],
      latestSubmittedPrompt: '',
      skillsPrompt: 'sk',
      userPromptPrefixText: 'pre',
      systemPromptReport: { a: 1 },
    }),
  );
});

test('prompts.json is only there for a prompt; a report alone is none', async () => {
  const report = await makeBundle([], [event('trace.metadata', { prompting: { systemPromptReport: {} } })]);
  expect(report.texts).not.toHaveProperty('prompts.json');
  const prefix = await makeBundle(
    [],
    [event('trace.metadata', { prompting: { userPromptPrefixText: 'u', systemPromptReport: 5 } })],
  );
  expect(prefix.file('prompts.json')).toEqual({ ...common, submittedPrompts: [], userPromptPrefixText: 'u' });
});

test('system-prompt.txt ends in a line feed, and is there only when there is a prompt', async () => {
  for (const [systemPrompt, expected] of [
    ['a', 'a\n'],
    ['a\n', 'a\n'],
    ['', undefined],
    [5, undefined],
  ] as const) {
    const { texts } = await makeBundle([], [event('context.compiled', { systemPrompt })]);
    expect(texts['system-prompt.txt']).toBe(expected);
  }
});

test('tools.json is there for every array', async () => {
  expect((await makeBundle([], [event('context.compiled', { tools: [] })])).texts['tools.json']).toBe('[]\n');
  expect((await makeBundle([], [event('context.compiled', { tools: {} })])).texts).not.toHaveProperty('tools.json');
});

test('files stand in the manifest in the order of the reference', async () => {
  const { manifest } = await makeBundle(
    [],
    [event('context.compiled', { systemPrompt: 's', tools: [] }), event('trace.metadata'), event('session.ended')],
  );
  expect(manifest.contents.map(({ path }: { path: string }) => path)).toEqual([
    'metadata.json',
    'artifacts.json',
    'prompts.json',
    'events.jsonl',
    'session-branch.json',
    'system-prompt.txt',
    'tools.json',
  ]);
  expect(Object.keys(manifest)).toEqual([
    ...Object.keys(common),
    'workspaceDir',
    'leafId',
    'eventCount',
    'runtimeEventCount',
    'transcriptEventCount',
    'sourceFiles',
    'supplementalFiles',
    'contents',
  ]);
});

test.each([
  ['/usr/lib/skills/weather/SKILL.md', { path: '/usr/lib/skills/weather/SKILL.md' }, true],
  ['/usr/lib/skills/weather/SKILL.md', { filePath: 'lib\\skills\\WEATHER\\skill.md ' }, true],
  ['/usr/lib/skills/weather/SKILL.md', { deep: [{ more: { file: '/other/weather/SKILL.md' } }] }, true],
  ['/usr/lib/skills/weather/SKILL.md', { file: '/other/tmux/SKILL.md' }, false],
  ['/usr/lib/skills/weather/SKILL.md', ['/usr/lib/skills/weather/SKILL.md'], false],
  ['/usr/lib/skills/weather/SKILL.md', { text: '/usr/lib/skills/weather' }, false],
  ['/notes/readme.txt', { path: '~/x/notes/readme.txt' }, true],
  ['', { path: '/a' }, false],
  [undefined, { path: '/a' }, false],
])('a skill at %s is used by a call with %j: %s', async (filePath, toolArguments, used) => {
  const skills = { entries: [{ id: 'a', filePath }] };
  const expected = used ? { invoked: true, invocationDetectedBy: 'tool-call-file-path' } : { invoked: false };
  const metadata = event('trace.metadata', { skills });
  const byTranscript = await makeBundle(
    [message('1', null, [{ type: 'toolCall', arguments: toolArguments }], 'assistant')],
    [metadata],
  );
  const byRuntime = await makeBundle([], [metadata, event('tool.call', { arguments: toolArguments })]);
  for (const { file } of [byTranscript, byRuntime]) {
    const [skill] = file('metadata.json').skills.entries;
    expect({ ...skill, id: undefined, filePath: undefined }).toEqual(expected);
  }
});

test('skills of an odd shape stay as they are', async () => {
  for (const skills of [{ entries: [] }, { entries: 'x' }, 'x', null, { entries: [null, 'x'] }]) {
    const { file } = await makeBundle([], [event('trace.metadata', { skills })]);
    expect(file('metadata.json').skills).toEqual(skills);
  }
});
