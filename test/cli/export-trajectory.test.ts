/* eslint-disable @typescript-eslint/no-explicit-any -- tests take JSON documents apart as they come */
import { execa } from 'execa';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAsNobody } from '../helpers/as-nobody.ts';
import { type CliRun, runCli, startCli } from '../helpers/cli.ts';
import { event, header, message, row } from '../helpers/lines.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';
import { planted } from '../helpers/secrets.ts';

const sessions = '.openclaw/agents/main/sessions';
const exportsFolder = '.openclaw/trajectory-exports';
const key = 'agent:main:main';

interface Setup {
  /** Lines of the transcript `s.jsonl`. */
  readonly transcript?: readonly unknown[] | string | Buffer;
  readonly runtime?: readonly unknown[];
  /** More of the entry of `agent:main:main`. */
  readonly entry?: object;
  readonly files?: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly home: string;
  readonly workspace: string;
}

function setUp({
  transcript = [header, message('1', null, 'hello')],
  runtime,
  entry = {},
  files = {},
}: Setup = {}): Place {
  const home = scratchFolder();
  const text = (lines: readonly unknown[]): string =>
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  writeTree(home, {
    [`${sessions}/sessions.json`]: { [key]: { sessionId: 's', updatedAt: 1, ...entry } },
    [`${sessions}/s.jsonl`]:
      typeof transcript === 'string' || Buffer.isBuffer(transcript) ? transcript : text(transcript),
    ...(runtime === undefined ? {} : { [`${sessions}/s.trajectory.jsonl`]: text(runtime) }),
    'ws/': '',
    ...files,
  });
  return { home, workspace: path.join(home, 'ws') };
}

function run({ home, workspace }: Place, args: readonly string[], env: Record<string, string> = {}): Promise<CliRun> {
  return runCli(['export-trajectory', ...args], { home, cwd: workspace, env });
}

const runKey = (place: Place, ...args: string[]): Promise<CliRun> =>
  run(place, ['--session-key', key, '--output', 'b', ...args]);

function bundleFile({ workspace }: Place, file: string, name = 'b'): string {
  return fs.readFileSync(path.join(workspace, exportsFolder, name, file), 'utf8');
}

const manifest = (place: Place): any => JSON.parse(bundleFile(place, 'manifest.json')) as unknown;

/** Every path below a folder with what is in it: to see that nothing changed. */
function snapshot(folder: string): Record<string, string> {
  return Object.fromEntries(
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file, fs.lstatSync(file).isFile() ? fs.readFileSync(file, 'latin1') : '']),
  );
}

describe('errors, in their order', () => {
  const encode = (value: unknown): string =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

  test.each<[string, readonly string[], string]>([
    ['no key', [], '--session-key is required. Run sessions to choose a session.'],
    ['a blank key', ['--session-key', '  '], '--session-key is required. Run sessions to choose a session.'],
    [
      'a profile in the hint',
      ['--profile', 'work'],
      '--session-key is required. Run sessions --profile work to choose a session.',
    ],
    [
      'an unknown key',
      ['--session-key', 'agent:main:no'],
      'Session not found: agent:main:no. Run sessions to see available sessions.',
    ],
    [
      'an agent without a store',
      ['--session-key', 'agent:other:main'],
      'Session not found: agent:other:main. Run sessions to see available sessions.',
    ],
    [
      'an entry without an id',
      ['--session-key', 'agent:main:no-id'],
      'Session not found: agent:main:no-id. Run sessions to see available sessions.',
    ],
    [
      'an entry that is no object',
      ['--session-key', 'agent:main:null'],
      'Session not found: agent:main:null. Run sessions to see available sessions.',
    ],
    [
      'an id that names no file',
      ['--session-key', 'agent:main:bad-id'],
      'Failed to resolve session file: Invalid session ID: ../x',
    ],
    [
      'a missing transcript',
      ['--session-key', 'agent:main:gone'],
      'Session file not found for agent:main:gone. Run openclaw doctor to inspect session storage.',
    ],
    [
      'a request with padding',
      ['--request-json-base64', 'e30='],
      'Failed to decode trajectory export request: Encoded trajectory export request is invalid',
    ],
    [
      'a request that is too long',
      ['--request-json-base64', 'e'.repeat(65_537)],
      'Failed to decode trajectory export request: Encoded trajectory export request is invalid',
    ],
    [
      'a request that is an array',
      ['--request-json-base64', encode([])],
      'Failed to decode trajectory export request: Encoded trajectory export request must be a JSON object',
    ],
    [
      'a request that is null',
      ['--request-json-base64', encode(null)],
      'Failed to decode trajectory export request: Encoded trajectory export request must be a JSON object',
    ],
    [
      'a request that is no JSON',
      ['--request-json-base64', encode('{x')],
      `Failed to decode trajectory export request: ${parserMessage('{x')}`,
    ],
    [
      'an absolute output',
      ['--session-key', key, '--output', '/tmp/x'],
      'Failed to export trajectory: Output path must be relative to the workspace trajectory exports directory',
    ],
    [
      'an output outside',
      ['--session-key', key, '--output', '../x'],
      'Failed to export trajectory: Output path must stay inside the workspace trajectory exports directory',
    ],
    [
      'a missing workspace',
      ['--session-key', key, '--workspace', '/no/such'],
      "Failed to export trajectory: ENOENT: no such file or directory, realpath '/no/such'",
    ],
    ['a blank agent', ['--session-key', key, '--agent', ''], '--agent must not be blank'],
    ['a blank store', ['--session-key', key, '--store', ' '], '--store must not be blank'],
    [
      'an unknown option',
      ['--bogus'],
      'OpenClaw does not recognize option "--bogus".\nTry: sessions export-trajectory --help',
    ],
  ])('%s', async (_what, args, expected) => {
    const place = setUp();
    writeTree(place.home, {
      [`${sessions}/sessions.json`]: {
        [key]: { sessionId: 's' },
        'agent:main:no-id': { updatedAt: 1 },
        'agent:main:null': null,
        'agent:main:bad-id': { sessionId: '../x' },
        'agent:main:gone': { sessionId: 'gone' },
      },
    });
    expect(await run(place, args)).toEqual({ stdout: '', stderr: `${expected}\n`, exitCode: 1 });
  });

  test('with --json the failure is a document on stdout too', async () => {
    const place = setUp();
    const { stdout, stderr, exitCode } = await run(place, ['--session-key', 'agent:main:no', '--json']);
    const text = 'Session not found: agent:main:no. Run sessions to see available sessions.';
    expect([stderr, exitCode]).toEqual([`${text}\n`, 1]);
    expect(JSON.parse(stdout)).toEqual({ ok: false, error: { type: 'cli_error', message: text, code: 'UNKNOWN_KEY' } });
  });

  test('a damaged store is no empty store', async () => {
    const place = setUp({ files: { [`${sessions}/sessions.json`]: '{"agent:main:main": {"sess' } });
    const { stdout, stderr, exitCode } = await runKey(place);
    expect([stdout, exitCode]).toEqual(['', 4]);
    expect(stderr).toContain('Session store is damaged');
  });

  test('an option of the listing before the command is refused', async () => {
    const place = setUp();
    for (const option of [['--all-agents'], ['--limit', '1'], ['--active', '1']]) {
      const { stderr, exitCode } = await runCli([...option, 'export-trajectory', '--session-key', key], {
        home: place.home,
        cwd: place.workspace,
      });
      expect([stderr.split('\n')[0], exitCode]).toEqual([
        `\`sessions export-trajectory\` does not support the option ${option[0]} that stands before it.`,
        1,
      ]);
    }
  });

  test('--verbose names the file that is missing', async () => {
    const place = setUp({ entry: { sessionId: 'gone' } });
    const { stdout } = await runKey(place, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'FILE_FAILED', details: { path: path.join(place.home, sessions, 'gone.jsonl') } },
    });
  });
});

describe('which session, from where', () => {
  test('a key in other capitals is found, and shown as it is stored', async () => {
    const place = setUp();
    expect(await run(place, ['--session-key', ' AGENT:Main:MAIN ', '--output', 'b'])).toMatchObject({ exitCode: 0 });
    expect(manifest(place).sessionKey).toBe(key);
  });

  test('an exact key comes before one in other capitals', async () => {
    const place = setUp();
    writeTree(place.home, {
      [`${sessions}/sessions.json`]: { 'agent:main:a': { sessionId: 'x' }, 'agent:main:A': { sessionId: 's' } },
    });
    expect(await run(place, ['--session-key', 'agent:main:A', '--output', 'b'])).toMatchObject({ exitCode: 0 });
    expect(manifest(place)).toMatchObject({ sessionKey: 'agent:main:A', sessionId: 's' });
  });

  test('--store takes a leading ~ and {agentId}; options before the command count', async () => {
    const place = setUp();
    const store = '~/.openclaw/agents/{agentId}/sessions/sessions.json';
    expect(await runKey(place, '--store', store)).toMatchObject({ exitCode: 0 });
    const before = await runCli(
      ['--store', store, '--agent', 'main', '--json', 'export-trajectory', '--session-key', key, '--output', 'c'],
      { home: place.home, cwd: place.workspace },
    );
    expect(JSON.parse(before.stdout)).toMatchObject({ displayPath: `${exportsFolder}/c` });
  });

  test('session.store of the config is honoured', async () => {
    const place = setUp({
      files: {
        '.openclaw/openclaw.json': { session: { store: '~/elsewhere/{agentId}.json' } },
        'elsewhere/main.json': { [key]: { sessionId: 'e' } },
        'elsewhere/e.jsonl': '',
      },
    });
    expect(await runKey(place)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(manifest(place).sessionId).toBe('e');
  });

  test('--agent chooses the store when the key names none', async () => {
    const place = setUp({
      files: {
        '.openclaw/agents/work/sessions/sessions.json': { global: { sessionId: 'w' } },
        '.openclaw/agents/work/sessions/w.jsonl': '',
      },
    });
    expect(await run(place, ['--session-key', 'global', '--agent', 'Work', '--output', 'b'])).toMatchObject({
      exitCode: 0,
    });
    expect(manifest(place)).toMatchObject({ sessionKey: 'global', sessionId: 'w' });
  });

  test('an encoded request overrides what it names, and nothing else', async () => {
    const place = setUp();
    const request = Buffer.from(
      JSON.stringify({ output: 'named', sessionKey: ' ', agent: 5, workspace: null, json: true, x: 1 }),
    );
    const args = [
      '--session-key',
      key,
      '--output',
      'typed',
      '--request-json-base64',
      ` ${request.toString('base64url')} `,
    ];
    const { stdout, exitCode } = await run(place, args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`📦 Bundle: ${exportsFolder}/named\n`);
    expect(await run(place, ['--session-key', key, '--output', 'typed', '--request-json-base64', '  '])).toMatchObject({
      exitCode: 0,
    });
    expect(fs.readdirSync(path.join(place.workspace, exportsFolder)).sort()).toEqual(['named', 'typed']);
  });

  test('without --output the bundle is named after session and time', async () => {
    const place = setUp();
    const { stdout } = await run(place, ['--session-key', key, '--json']);
    expect(JSON.parse(stdout).displayPath).toMatch(
      /^\.openclaw\/trajectory-exports\/openclaw-trajectory-s-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/,
    );
  });

  test('the runtime trajectory is found by OPENCLAW_TRAJECTORY_DIR too', async () => {
    const place = setUp({ files: { 'traces/s.jsonl': JSON.stringify(event('x')) } });
    await run(place, ['--session-key', key, '--output', 'b'], { OPENCLAW_TRAJECTORY_DIR: '~/traces' });
    expect(manifest(place)).toMatchObject({ runtimeEventCount: 1, sourceFiles: { runtime: '~/traces/s.jsonl' } });
  });

  test('files in the report are those that were written', async () => {
    // 2026.5.12 names system-prompt.txt and tools.json for any context.compiled.
    const place = setUp({ runtime: [event('context.compiled', { prompt: 'x' })] });
    const { stdout } = await runKey(place, '--json');
    const written = fs.readdirSync(path.join(place.workspace, exportsFolder, 'b'));
    expect(JSON.parse(stdout).files.toSorted()).toEqual(written.toSorted());
    expect(written).not.toContain('tools.json');
  });

  test('control characters in names do not reach the terminal', async () => {
    const place = setUp();
    const { stdout } = await run(place, ['--session-key', key, '--output', 'a\u001b[31mb']);
    expect(stdout).toContain('\\x1b[31m');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('paths that attack', () => {
  test('a transcript outside the sessions folder is not read, however it is named (V15)', async () => {
    for (const sessionFile of [
      '../../../../outside/t.jsonl',
      'sub/../../../../../outside/t.jsonl',
      '$HOME/outside/t.jsonl',
      '/etc/passwd',
    ]) {
      const place = setUp({
        transcript: [header, message('1', null, 'inside')],
        files: { 'outside/t.jsonl': JSON.stringify(message('1', null, 'outside')), [`${sessions}/sub/`]: '' },
      });
      const named = sessionFile.replace('$HOME', place.home);
      writeTree(place.home, { [`${sessions}/sessions.json`]: { [key]: { sessionId: 's', sessionFile: named } } });
      expect(await runKey(place), sessionFile).toMatchObject({ exitCode: 0 });
      expect(bundleFile(place, 'events.jsonl')).toContain('inside');
      expect(bundleFile(place, 'events.jsonl')).not.toContain('outside');
    }
  });

  test('a pointer to /etc/passwd is passed over', async () => {
    const place = setUp({
      files: { [`${sessions}/s.trajectory-path.json`]: { sessionId: 's', runtimeFile: '/etc/passwd' } },
    });
    expect(await runKey(place)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(manifest(place).sourceFiles).not.toHaveProperty('runtime');
  });

  test('a transcript that is a link is read, as in the reference; a sidecar that is one is not', async () => {
    const place = setUp({
      files: {
        'real/t.jsonl': JSON.stringify(message('1', null, 'linked')),
        'real/r.jsonl': JSON.stringify(event('x')),
      },
    });
    fs.rmSync(path.join(place.home, sessions, 's.jsonl'));
    fs.symlinkSync(path.join(place.home, 'real/t.jsonl'), path.join(place.home, sessions, 's.jsonl'));
    fs.symlinkSync(path.join(place.home, 'real/r.jsonl'), path.join(place.home, sessions, 's.trajectory.jsonl'));
    expect(await runKey(place)).toMatchObject({ exitCode: 0 });
    expect(manifest(place)).toMatchObject({ runtimeEventCount: 0, transcriptEventCount: 1 });
  });

  test('whatever the name, nothing outside the exports folder is written', async () => {
    const place = setUp();
    const outside = path.join(place.home, 'outside');
    fs.mkdirSync(outside);
    fs.mkdirSync(path.join(place.workspace, exportsFolder), { recursive: true });
    fs.symlinkSync(outside, path.join(place.workspace, exportsFolder, 'link'));
    const before = snapshot(place.home);
    for (const output of [
      outside,
      '~/x',
      '..',
      '../../x',
      '..x',
      'link',
      'link/x',
      'a/../link/x/y',
      '.',
      'n'.repeat(300),
    ]) {
      const { exitCode, stderr } = await run(place, ['--session-key', key, '--output', output]);
      expect(exitCode, output).toBe(1);
      expect(stderr).toMatch(/^Failed to export trajectory: /);
    }
    expect(snapshot(place.home)).toEqual(before);
  });

  test('links at .openclaw and trajectory-exports are refused', async () => {
    for (const name of ['.openclaw', exportsFolder]) {
      const place = setUp({ files: { 'outside/': '' } });
      fs.mkdirSync(path.dirname(path.join(place.workspace, name)), { recursive: true });
      fs.symlinkSync(path.join(place.home, 'outside'), path.join(place.workspace, name));
      const { exitCode, stderr } = await runKey(place);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('must be a real directory inside the workspace');
      expect(fs.readdirSync(path.join(place.home, 'outside'))).toEqual([]);
    }
  });
});

describe('hostile transcripts', () => {
  const counts = (place: Place): unknown => {
    const { transcriptEventCount, warnings } = manifest(place);
    return [transcriptEventCount, (warnings ?? []).map(({ code, count }: any) => [code, count])];
  };

  test.each<[string, string | Buffer | readonly unknown[], number, readonly (readonly [string, number])[]]>([
    ['an empty file', '', 0, []],
    ['blank lines only', '\n \r\n\t\n', 0, []],
    ['a header only, without a line end', JSON.stringify(header), 0, []],
    [
      'a torn last line',
      `${JSON.stringify(header)}\n${JSON.stringify(row('a', null))}\n{"type":"cus`,
      1,
      [['invalid-session-json', 1]],
    ],
    [
      'carriage returns and a byte-order mark',
      `\ufeff${JSON.stringify(header)}\r\n${JSON.stringify(row('a', null))}\r\n`,
      1,
      [],
    ],
    ['a line of two megabytes', [header, row('a', null, { data: 'x'.repeat(2_000_000) })], 1, []],
    [
      'invalid UTF-8',
      Buffer.concat([
        Buffer.from('{"type":"custom","id":"a","parentId":null,"timestamp":1,"data":"'),
        Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
        Buffer.from('"}\n'),
      ]),
      1,
      [],
    ],
    ['bytes that are no text', Buffer.from([0, 1, 2, 255, 254, 10, 0, 10]), 0, [['invalid-session-json', 2]]],
    [
      'version 1',
      [
        { type: 'session', id: 's' },
        { type: 'custom', timestamp: 1 },
        { type: 'custom', timestamp: 2 },
      ],
      2,
      [],
    ],
    ['version 2', [{ ...header, version: 2 }, message('a', null, 'x', 'hookMessage')], 1, []],
    ['a cycle', [header, row('a', 'b'), row('b', 'a')], 2, [['cyclic-session-branch', 1]]],
    ['its own parent', [header, row('a', 'a')], 1, [['cyclic-session-branch', 1]]],
    ['one id many times', [header, row('a', null), row('a', null), row('b', 'a'), row('b', 'a')], 2, []],
    ['null, scalars and lists', ['null', '1', '"x"', '[]', row('a', null)], 1, [['invalid-session-row', 4]]],
    [
      'a message without a message',
      [header, { type: 'message', id: 'a', parentId: null, timestamp: 1 }],
      0,
      [['invalid-session-row', 1]],
    ],
    [
      'keys like __proto__',
      [
        header,
        '{"type":"custom","id":"__proto__","parentId":null,"timestamp":1,"data":{"__proto__":1}}',
        row('constructor', '__proto__'),
      ],
      2,
      [],
    ],
  ])('%s', async (_what, transcript, events, warnings) => {
    const place = setUp({ transcript });
    expect(await runKey(place)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(counts(place)).toEqual([events, warnings]);
  });

  test('a key called __proto__ is shown', async () => {
    const place = setUp({
      transcript: ['{"type":"custom","id":"a","parentId":null,"timestamp":1,"data":{"__proto__":1}}'],
    });
    await runKey(place);
    expect(bundleFile(place, 'events.jsonl')).toContain('"data":{"__proto__":1}');
  });

  test('with --verbose, what was left out is said', async () => {
    const place = setUp({ transcript: ['{', row('a', null)] });
    const { stderr } = await runKey(place, '--verbose');
    expect(stderr).toContain('Skipped a session JSONL row that is not valid JSON. (invalid-session-json, 1)');
  });

  test('a transcript that is a folder or larger than the limit is refused, and no bundle is left', async () => {
    const folder = setUp();
    fs.rmSync(path.join(folder.home, sessions, 's.jsonl'));
    fs.mkdirSync(path.join(folder.home, sessions, 's.jsonl'));
    const large = setUp();
    fs.truncateSync(path.join(large.home, sessions, 's.jsonl'), 52_428_801);
    for (const [place, message] of [
      [folder, 'EISDIR: illegal operation on a directory, read'],
      [large, 'Trajectory session file is too large to export (52428801 bytes; limit 52428800)'],
    ] as const) {
      expect(await runKey(place)).toEqual({
        stdout: '',
        stderr: `Failed to export trajectory: ${message}\n`,
        exitCode: 1,
      });
      expect(fs.readdirSync(path.join(place.workspace, exportsFolder))).toEqual([]);
    }
  });
});

describe('secrets', () => {
  test('none that is planted is in any byte of the bundle, wherever it was planted', async () => {
    const texts = planted.map(({ text }) => text);
    const everywhere = {
      text: texts.join('\n'),
      list: texts,
      keys: Object.fromEntries(texts.map((text, index) => [`${index} ${text}`, index])),
      json: JSON.stringify(texts),
    };
    const id = (index: number): string => `e${index}`;
    const entries = [
      message(id(0), null, everywhere),
      message(
        id(1),
        id(0),
        [{ type: 'toolCall', id: texts.join(), name: texts.join(), arguments: everywhere }],
        'assistant',
      ),
      message(id(2), id(1), [{ type: 'text', text: everywhere.text }], 'toolResult'),
      row(id(3), id(2), { customType: everywhere.text, data: everywhere }),
      row(id(4), id(3), { type: 'custom_message', content: everywhere, display: everywhere, details: everywhere }),
      row(id(5), id(4), {
        type: 'compaction',
        summary: everywhere.text,
        details: everywhere,
        firstKeptEntryId: everywhere,
        tokensBefore: everywhere,
      }),
      row(id(6), id(5), {
        type: 'branch_summary',
        summary: everywhere.text,
        fromId: everywhere.text,
        fromHook: everywhere,
      }),
      row(id(7), id(6), { type: 'label', label: everywhere.text, targetId: everywhere.text }),
      row(id(8), id(7), { type: 'session_info', name: everywhere.text }),
      row(id(9), id(8), { type: 'model_change', provider: everywhere.text, modelId: everywhere }),
      row(id(10), id(9), { type: 'later_type', [everywhere.text]: everywhere }),
      message(id(11), id(10), 'x', everywhere.text),
      row(everywhere.text, id(11)),
    ];
    const data = {
      systemPrompt: everywhere.text,
      prompt: everywhere.text,
      tools: [everywhere],
      messages: everywhere,
      prompting: {
        skillsPrompt: everywhere.text,
        userPromptPrefixText: everywhere.text,
        systemPromptReport: everywhere,
      },
      config: everywhere,
      harness: everywhere,
      skills: { entries: [everywhere, { filePath: everywhere.text }] },
      assistantTexts: everywhere.list,
      promptError: everywhere.text,
      arguments: everywhere,
    };
    const place = setUp({
      transcript: [{ ...header, cwd: everywhere.text, more: everywhere }, ...entries],
      runtime: [
        'trace.metadata',
        'context.compiled',
        'prompt.submitted',
        'model.completed',
        'trace.artifacts',
        'session.ended',
        'tool.call',
        everywhere.text,
      ].map((type) =>
        event(type, data, {
          runId: everywhere.text,
          provider: everywhere.text,
          extra: everywhere,
          [everywhere.text]: 1,
        }),
      ),
    });
    expect(await runKey(place)).toMatchObject({ exitCode: 0, stderr: '' });
    const files = fs.readdirSync(path.join(place.workspace, exportsFolder, 'b'));
    expect(files).toHaveLength(8);
    for (const file of files) {
      const text = bundleFile(place, file);
      // As bytes of the file, and as what a reader of the JSON sees.
      const seen = [text, ...(file.endsWith('.json') ? [JSON.stringify(JSON.parse(text)).replaceAll('\\"', '"')] : [])];
      for (const { family, secret } of planted) {
        for (const view of seen) expect(view.includes(secret), `${family} in ${file}`).toBe(false);
      }
    }
    for (const line of bundleFile(place, 'events.jsonl').trimEnd().split('\n')) JSON.parse(line);
  });

  test('a text with a path loses its secrets before it is cut', async () => {
    const place = setUp({
      transcript: planted.map(({ text }, index) =>
        row(`e${index}`, index === 0 ? null : `e${index - 1}`, { data: `/home/x ${'y'.repeat(1950)} ${text}` }),
      ),
    });
    expect(await runKey(place)).toMatchObject({ exitCode: 0 });
    for (const { family, secret } of planted)
      expect(bundleFile(place, 'events.jsonl').includes(secret), family).toBe(false);
  });

  test('an error does not show a secret either', async () => {
    const place = setUp();
    const { stderr } = await run(place, ['--session-key', key, '--workspace', `/no/sk-${'a1B2c3D4e5'.repeat(3)}`]);
    expect(stderr).toContain('sk-a1B…D4e5');
  });
});

describe('a failing export leaves nothing behind', () => {
  const large = (): Place =>
    setUp({
      transcript: [
        header,
        ...Array.from({ length: 6000 }, (_, index) =>
          row(`e${index}`, index === 0 ? null : `e${index - 1}`, { data: `${index} ${'text '.repeat(800)}` }),
        ),
      ],
    });

  test('when the disk is full', async () => {
    const place = large();
    const bin = path.resolve(import.meta.dirname, '../../bin/sessions.js');
    // A limit on the size of files stands for a full disk: the write fails in the middle.
    const { stderr, exitCode } = await execa(
      'sh',
      [
        '-c',
        `ulimit -f 4000; exec "$0" "$@"`,
        process.execPath,
        bin,
        'export-trajectory',
        '--session-key',
        key,
        '--output',
        'deep/b',
      ],
      {
        cwd: place.workspace,
        env: { PATH: process.env['PATH'] ?? '', HOME: place.home },
        extendEnv: false,
        reject: false,
      },
    );
    expect([stderr, exitCode]).toEqual(['Failed to export trajectory: EFBIG: file too large, write', 1]);
    expect(fs.readdirSync(path.join(place.workspace, exportsFolder))).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('when it is interrupted by %s', async (signal, code) => {
    const place = large();
    const base = path.join(place.workspace, exportsFolder);
    const running = startCli(['export-trajectory', '--session-key', key, '--output', 'b'], {
      home: place.home,
      cwd: place.workspace,
    });
    await until(() => fs.existsSync(base) && fs.readdirSync(base).some((name) => name.startsWith('.unfinished-')));
    running.kill(signal);
    const { exitCode, stderr, stdout } = await running;
    expect([exitCode, stdout]).toEqual([code, '']);
    expect(stderr).toContain('Interrupted: no bundle was written.');
    expect(fs.readdirSync(base)).toEqual([]);
  });

  test('when the bundle exists: the one that was there stays', async () => {
    const place = setUp();
    await runKey(place);
    const before = snapshot(path.join(place.workspace, exportsFolder));
    const dir = path.join(place.workspace, exportsFolder, 'b');
    expect(await runKey(place)).toEqual({
      stdout: '',
      stderr:
        `Failed to export trajectory: EEXIST: file already exists, mkdir '${dir}'\n` +
        'Choose another name with --output, or remove what is there.\n',
      exitCode: 1,
    });
    expect(snapshot(path.join(place.workspace, exportsFolder))).toEqual(before);
  });

  test('where the workspace may not be written: it says whose it is', async () => {
    const { home, workspace } = setUp();
    const uid = process.getuid?.() ?? 0;
    fs.chmodSync(workspace, 0o555);
    const args = ['export-trajectory', '--session-key', key, '--workspace', workspace];
    expect(await runAsNobody(args, { home, dir: path.join(home, sessions) })).toEqual({
      stdout: '',
      stderr:
        `Failed to export trajectory: EACCES: permission denied, mkdir '${path.join(workspace, '.openclaw')}'\n` +
        `${workspace} may not be written (owner uid ${uid}, mode 0555; ${uid === 0 ? 'run as that user' : 'not even by that user'}). ` +
        'Another place can be chosen with --workspace.',
      exitCode: 1,
    });
  });

  test('two at once: one wins, the other fails, and the bundle is whole', async () => {
    const place = setUp();
    const runs = await Promise.all([1, 2, 3].map(() => runKey(place)));
    expect(runs.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1, 1]);
    expect(fs.readdirSync(path.join(place.workspace, exportsFolder))).toEqual(['b']);
    for (const { path: name, bytes } of manifest(place).contents)
      expect(Buffer.byteLength(bundleFile(place, name))).toBe(bytes);
  });
});

test('reads only: store, transcript and sidecar stay as they are', async () => {
  const place = setUp({ runtime: [event('x')] });
  const before = snapshot(path.join(place.home, '.openclaw'));
  await runKey(place);
  expect(snapshot(path.join(place.home, '.openclaw'))).toEqual(before);
});

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function parserMessage(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it parses');
}
