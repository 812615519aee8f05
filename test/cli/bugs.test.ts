import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { bin, runCli } from '../helpers/cli.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const lateBug = pathToFileURL(path.resolve(import.meta.dirname, '../helpers/late-bug.mjs')).href;

describe.each(['throw', 'reject'])('a mistake of ours that nothing catches (%s)', (kind) => {
  const run = (...args: string[]) =>
    runCli(['delete', '--keys-from', 'keys.txt', '--yes', ...args], {
      home: scratchFolder(),
      env: { NODE_OPTIONS: `--import ${lateBug}`, LATE_BUG: kind },
    });
  const told = String.raw`sessions failed in a way it should not: late \x1b[31m bug
This is a bug in sessions: please report it with the output of the same command and --verbose.
`;

  it('ends the run as any bug does, without a stack', async () => {
    expect(await run()).toEqual({ exitCode: 1, stdout: '', stderr: told });
  });

  it('shows the stack with --verbose, and is a document with --json', async () => {
    const { stdout, stderr, exitCode } = await run('--verbose', '--json');
    expect(exitCode).toBe(1);
    expect(stderr.startsWith(told)).toBe(true);
    expect(stderr).toMatch(/\n {4}at .*late-bug\.mjs/);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { type: 'cli_error', code: 'BUG' } });
  });
});

describe('a program that was not built', () => {
  it('says so in one line', async () => {
    const folder = scratchFolder();
    fs.mkdirSync(path.join(folder, 'bin'));
    fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    fs.copyFileSync(bin, path.join(folder, 'bin/sessions.js'));
    const { exitCode, stdout, stderr } = await execa(process.execPath, [path.join(folder, 'bin/sessions.js')], {
      reject: false,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^sessions cannot be started: .*dist.main\.js.*\. Build it \(npm run build\), or .*\.$/);
  });
});
