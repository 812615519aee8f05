import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { type Files, installState, readBundle, recordedBundle, recordedFile } from '../helpers/export.ts';
import { scratchFolder } from '../helpers/scratch.ts';

/**
 * Bundles that OpenClaw 2026.5.12 wrote (fixtures/export-trajectory/README.md), byte for byte. What differs on purpose is
 * listed with both values, with their numbers in docs/deviations.md.
 */
interface Case {
  readonly state: string;
  readonly name: string;
  readonly key: string;
  readonly deviations: readonly Deviation[];
}

/** A text of the recording and what we write in its place. */
interface Deviation {
  readonly file: string;
  readonly theirs: string;
  readonly ours: string;
}

const cases: readonly Case[] = [
  {
    state: 'example',
    name: 'demo',
    key: 'agent:main:main',
    deviations: [
      {
        // V70: a line that is not JSON is left out by both; we say so.
        file: 'manifest.json',
        theirs: '  "supplementalFiles"',
        ours: `  "warnings": [
    {
      "source": "session",
      "code": "invalid-session-json",
      "count": 1,
      "rows": [
        6
      ],
      "message": "Skipped a session JSONL row that is not valid JSON."
    }
  ],
  "supplementalFiles"`,
      },
    ],
  },
  { state: 'genuine', name: 'main', key: 'agent:main:main', deviations: secretInMain() },
  { state: 'genuine', name: 'to-reset', key: 'agent:main:to-reset', deviations: [] },
  {
    state: 'genuine',
    name: 'branch',
    key: 'agent:main:dashboard:5097f3c9-7e09-490e-aecf-5b80fcc430d4',
    deviations: secretInMain(),
  },
  { state: 'genuine', name: 'work', key: 'agent:work:main', deviations: [] },
];

/**
 * V12: secrets in texts without a path, which the reference leaves readable: a key, and what a model made of a header that
 * was masked when it read it.
 */
function secretInMain(): readonly Deviation[] {
  return ['events.jsonl', 'session-branch.json'].flatMap((file) => [
    { file, theirs: 'sk-test-0123456789abcdefghij', ours: 'sk-tes…ghij' },
    { file, theirs: 'Authorization: Bearer abcdef…345.', ours: 'Authorization: Bearer ***' },
  ]);
}

test.each(cases)('writes the bundle $name of OpenClaw 2026.5.12', async ({ state, name, key, deviations }) => {
  const home = scratchFolder();
  installState(state, home);
  const workspace = path.join(home, 'workspace');
  mkdirSync(workspace);
  const run = await runCli(['export-trajectory', '--session-key', key, '--output', name, '--json'], {
    home,
    cwd: workspace,
  });
  expect(run.stderr).toBe('');
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toBe(recordedFile(state, `${name}.json`).replaceAll('/home/user', home));

  const ours = readBundle(path.join(workspace, '.openclaw/trajectory-exports', name));
  const expected = withDeviations(recordedBundle(state, name), deviations);
  expect(Object.keys(ours)).toEqual(Object.keys(expected));
  for (const [file, text] of Object.entries(expected)) expect(ours[file], file).toBe(text);
});

test('prints the text of OpenClaw 2026.5.12', async () => {
  const home = scratchFolder();
  installState('genuine', home);
  const { stdout, exitCode } = await runCli(
    ['export-trajectory', '--session-key', 'agent:main:main', '--output', 'as-text'],
    { home },
  );
  expect(exitCode).toBe(0);
  expect(stdout).toBe(recordedFile('genuine', 'as-text.txt'));
});

/** The recording with our texts in it, and the sizes in the manifest to match. */
function withDeviations(recorded: Files, deviations: readonly Deviation[]): Files {
  const files: Record<string, string> = { ...recorded };
  for (const { file, theirs, ours } of deviations) {
    expect(files[file]).toContain(theirs);
    files[file] = files[file]!.replaceAll(theirs, ours);
  }
  files['manifest.json'] = files['manifest.json']!.replace(
    /"path": "([^"]+)",\n( +"mediaType": "[^"]+",\n +)"bytes": \d+/g,
    (_match, name: string, between: string) => `"path": "${name}",\n${between}"bytes": ${sizeOf(files[name]!)}`,
  );
  return files;
}

/** The masked time is shorter than the real one. */
function sizeOf(text: string): number {
  const timeLength = '2026-11-21T10:13:41.333Z'.length - '(time)'.length;
  return Buffer.byteLength(text) + (text.includes('"generatedAt": "(time)"') ? timeLength : 0);
}
