import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { bin } from '../helpers/cli.ts';
import { everyCommand, everyCommandHome } from '../helpers/every-command.ts';
import { isThorough } from '../helpers/thorough.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const asTerminal = path.resolve(import.meta.dirname, '../helpers/as-terminal.mjs');

type Output = 'terminal' | 'pipe' | 'file' | 'closed';

interface Run {
  /** Undefined when it was closed. */
  readonly stdout: string | undefined;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Runs a command in a home of its own, with stdout as it is to be. */
async function run(args: readonly string[], output: Output, env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const { home, env: homeEnv } = await everyCommandHome();
  const file = path.join(scratchFolder(), 'stdout');
  const fd = fs.openSync(file, 'w');
  const command = [process.execPath, bin, ...args];
  const [program = '', ...rest] = output === 'closed' ? ['sh', '-c', 'exec "$0" "$@" >&-', ...command] : command;
  const child = spawn(program, rest, {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TERM: 'xterm',
      ...homeEnv,
      ...(output === 'terminal' ? { NODE_OPTIONS: `--import ${asTerminal}`, TERMINAL_COLUMNS: '80' } : {}),
      ...env,
    },
    stdio: ['ignore', output === 'file' ? fd : 'pipe', 'pipe'],
    // No run takes half of it; one that writes without end must not live on.
    timeout: 15_000,
    killSignal: 'SIGKILL',
  });
  fs.closeSync(fd);
  const [stdout, stderr, exitCode] = await Promise.all([
    child.stdout === null ? undefined : text(child.stdout),
    text(child.stderr!),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  const written = output === 'file' ? fs.readFileSync(file, 'utf8') : stdout;
  return { stdout: output === 'closed' ? undefined : masked(written, home), stderr: masked(stderr, home), exitCode };
}

/** What differs between two homes and two moments. */
function masked(output: string | undefined, home: string): string {
  return (output ?? '')
    .replaceAll(home, '<home>')
    .replace(/"(ageMs|updatedAt)": \d+/g, '"$1": 0')
    .replace(/\d{4}-\d\d-\d\dT[\d:-]+\.\d{3}Z/g, '<time>')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:0');
}

const escapeCode = /\u001b/; // eslint-disable-line no-control-regex -- what must not be there

const json = everyCommand.filter(({ hasJson }) => hasJson);

describe.each(everyCommand)('$name', ({ args }) => {
  it('prints the same to a pipe and to a file, without escape codes, and ends the same with stdout closed', async () => {
    const pipe = await run(args, 'pipe');
    expect(pipe.exitCode).toBe(0);
    expect(pipe.stdout).toMatch(/[^\n]\n$/);
    expect(`${pipe.stdout}${pipe.stderr}`).not.toMatch(escapeCode);
    expect(await run(args, 'file')).toEqual(pipe);
    expect(await run(args, 'closed')).toEqual({ ...pipe, stdout: undefined });
  });

  it('has no escape codes on a terminal that is to have none, on stderr neither', async () => {
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { FORCE_COLOR: '0' }]) {
      const { stdout, stderr, exitCode } = await run(args, 'terminal', { CI: '1', ...env });
      expect({ exitCode, isTold: stdout !== '' }).toEqual({ exitCode: 0, isTold: true });
      expect(`${stdout}${stderr}`).not.toMatch(escapeCode);
    }
  });
});

describe.each(everyCommand.filter(({ name }) => /^(?:list|cleanup|help)/.test(name)))('$name', ({ name, args }) => {
  it('fits a terminal, but for the names of stores and files', async () => {
    // Help and the lines of an explanation are written for 80 columns.
    const narrow = /help|explain/.test(name) ? [] : [40, 60];
    for (const columns of isThorough ? [...narrow, 80, 120, 200] : [80]) {
      const { stdout = '' } = await run(args, 'terminal', { TERMINAL_COLUMNS: String(columns) });
      const lines = stdout.replace(/\u001b\[[\d;]*m/g, '').split('\n'); // eslint-disable-line no-control-regex -- colours
      const isName = (line: string): boolean => /^(?:Session store: \S+$| {2}(?:archive|delete) )/.test(line);
      expect(lines.filter((line) => line.length > columns && !isName(line))).toEqual([]);
    }
  });
});

describe.each(json)('$name --json', ({ args }) => {
  it('is one document and nothing else, the same wherever it goes and whatever the colour variables say', async () => {
    const pipe = await run([...args, '--json'], 'pipe');
    expect(pipe.exitCode).toBe(0);
    expect(pipe.stdout).toBe(`${JSON.stringify(JSON.parse(pipe.stdout ?? ''), null, 2)}\n`);
    const others: readonly (readonly [Output, Record<string, string>])[] = [
      ['terminal', {}],
      ['terminal', { FORCE_COLOR: '3', NO_COLOR: '1' }],
      ...(isThorough
        ? ([
            ['file', {}],
            ['pipe', { FORCE_COLOR: '1' }],
            ['pipe', { CLICOLOR_FORCE: '1' }],
          ] as const)
        : []),
    ];
    for (const [output, env] of others) expect(await run([...args, '--json'], output, env)).toEqual(pipe);
    expect(await run([...args, '--json'], 'closed')).toEqual({ ...pipe, stdout: undefined });
  });
});

describe('a real terminal', () => {
  it('gets what the tests above take for the output on one', async (context) => {
    const { home, env } = await everyCommandHome();
    const line = [process.execPath, bin, 'list'].map((word) => `'${word}'`).join(' ');
    const options = { PATH: process.env['PATH'], HOME: home, TERM: 'xterm', COLUMNS: '80', ...env };
    // That of util-linux runs a command on a pseudo-terminal of its own, and needs none itself.
    const script = spawn('script', ['-qec', line, '/dev/null'], {
      cwd: home,
      env: options,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise<number | null>((resolve) =>
      script.on('close', resolve).on('error', () => {
        resolve(null);
      }),
    );
    const [stdout, exitCode] = await Promise.all([text(script.stdout), ended]);
    if (exitCode !== 0) context.skip('there is no program `script` that runs a command on a terminal');
    const expected = await run(['list'], 'terminal');
    expect(masked(stdout.replaceAll('\r\n', '\n'), home)).toBe(expected.stdout);
    expect(expected.stdout).toMatch(escapeCode);
  });
});

describe('a terminal that does not say its width', () => {
  it.each(everyCommand.filter(({ name }) => ['list', 'cleanup', 'cleanup --explain'].includes(name)))(
    'gets the output for 80 columns of $name, and no spinner',
    async ({ args }) => {
      const expected = await run(args, 'terminal', { CI: '1' });
      expect(await run(args, 'terminal', { TERMINAL_COLUMNS: '0' })).toEqual(expected);
      // The spinner goes by what the terminal says, not by COLUMNS.
      expect(await run(args, 'terminal', { TERMINAL_COLUMNS: '0', COLUMNS: '80' })).toEqual(expected);
    },
  );

  it('is the only one without: others see that a cleanup is at work', async () => {
    const cleanup = everyCommand.find(({ name }) => name === 'cleanup');
    expect((await run(cleanup?.args ?? [], 'terminal')).stderr).toMatch(escapeCode);
  });
});

describe('colours', () => {
  const coloured = everyCommand.filter(({ name }) => ['list', 'cleanup --dry-run', 'cleanup --explain'].includes(name));
  it.each<[Output, readonly string[], Record<string, string>, boolean]>([
    ['pipe', [], { FORCE_COLOR: '1' }, true],
    ['pipe', [], { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
    ['pipe', [], { CLICOLOR_FORCE: '1' }, true],
    ['pipe', [], { CLICOLOR_FORCE: '1', NO_COLOR: '1' }, false],
    ['pipe', ['--color', 'always'], { NO_COLOR: '1' }, true],
    ['pipe', ['--color', 'auto'], {}, false],
    ['terminal', [], {}, true],
    ['terminal', [], { NO_COLOR: '' }, true],
    ['terminal', [], { NO_COLOR: '1', TERM: 'dumb' }, false],
    ['terminal', [], { TERM: 'dumb', FORCE_COLOR: '1' }, true],
    ['terminal', ['--no-color'], { FORCE_COLOR: '1' }, false],
    ['terminal', ['--color', 'never'], { FORCE_COLOR: '1' }, false],
  ])('on a %s with %j and %j: %s', async (output, options, env, isColoured) => {
    for (const { args } of isThorough ? coloured : coloured.slice(0, 2)) {
      const { stdout, stderr } = await run([...args, ...options], output, env);
      expect(escapeCode.test(stdout ?? '')).toBe(isColoured);
      expect(stderr).not.toMatch(/Warning/);
    }
  });

  it.each<[readonly string[], Record<string, string>, boolean]>([
    [[], {}, true],
    [[], { NO_COLOR: '1' }, false],
    [[], { FORCE_COLOR: '0' }, false],
    [[], { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [['--color', 'never'], {}, false],
    [['--no-color'], { FORCE_COLOR: '1' }, false],
    [['--color', 'always'], { FORCE_COLOR: '0' }, true],
  ])('of a spinner follow the same rule, with %j and %j: %s', async (options, env, isColoured) => {
    const cleanup = everyCommand.find(({ name }) => name === 'cleanup');
    const { stderr } = await run([...(cleanup?.args ?? []), ...options], 'terminal', env);
    // Its first line, before there is a text: one sign, in a colour or not.
    const sign = isColoured ? /^\u001b\[[\d;]+m\S\u001b\[39m / : /^\S /; // eslint-disable-line no-control-regex -- colours
    expect(stderr.split('\u001b[1G')[1]).toMatch(sign);
  });
});
