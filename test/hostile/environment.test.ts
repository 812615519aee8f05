import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { bin, type CliRun, runCli } from '../helpers/cli.ts';
import { everyCommand, everyCommandHome } from '../helpers/every-command.ts';
import { header, message } from '../helpers/lines.ts';
import { scratchFolder, treeState, writeTree } from '../helpers/scratch.ts';
import { dayMs, keysOf, sessionsDir, sessionsHome } from '../helpers/sessions-home.ts';

const isRoot = process.getuid?.() === 0;
/** Nobody in particular. */
const otherUid = 65_534;

/** Runs the program by a shell line in which `"$@"` stands for it. */
async function runBy(
  line: string,
  args: readonly string[],
  home: string,
  options: { readonly uid?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliRun> {
  const child = spawn('sh', ['-c', line, 'sh', process.execPath, bin, ...args], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TERM: 'xterm',
      OPENCLAW_GATEWAY_PORT: '1',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { stdout, stderr, exitCode: exitCode ?? undefined };
}

/** A store with an old row and a session that can be exported. */
function smallHome(): ReturnType<typeof sessionsHome> {
  const home = sessionsHome({
    store: {
      'agent:main:main': { sessionId: 's', age: 1000 },
      'agent:main:old': { sessionId: 'old', age: 40 * dayMs },
    },
    files: { 'old.jsonl': 40 * dayMs },
  });
  const lines = [header, message('1', null, 'hello')];
  fs.writeFileSync(path.join(home.dir, 's.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return home;
}

const exportArgs = ['export-trajectory', '--session-key', 'agent:main:main', '--output', 'x', '--json'];

describe('time zone and language', () => {
  const masked = ({ stdout, stderr, exitCode }: CliRun, home: string): object => ({
    text: `${stdout}${stderr}`
      .replaceAll(home, '')
      .replace(/127\.0\.0\.1:\d+/g, '')
      .replace(/"(ageMs|updatedAt)": \d+/g, '')
      .replace(/\d{4}-\d\d-\d\dT[\d:-]+\.\d{3}Z/g, ''),
    exitCode,
  });
  it.each(everyCommand)('make no difference to $name', async ({ args }) => {
    const runs = [];
    for (const more of [
      { TZ: 'UTC' },
      { TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
      { LC_ALL: 'C' },
    ]) {
      const { home, env } = await everyCommandHome();
      runs.push(masked(await runCli(args, { home, env: { ...env, ...more } }), home));
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });
});

describe('without HOME', () => {
  it.each(['list --json', 'cleanup --dry-run --json', 'help'])('%s works', async (line) => {
    const { home } = smallHome();
    const env = { OPENCLAW_STATE_DIR: path.join(home, '.openclaw') };
    const { exitCode, stderr } = await runBy('unset HOME; exec "$@"', line.split(' '), home, { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('umask', () => {
  it.each(['000', '077', '777'])('%s changes nothing about the modes of what is written', async (umask) => {
    const { home, dir, store } = smallHome();
    fs.chmodSync(store, 0o640);
    const cleaned = await runBy(`umask ${umask}; exec "$@"`, ['cleanup', '--enforce', '--store', store], home);
    expect(cleaned).toMatchObject({ exitCode: 0 });
    expect(fs.statSync(store).mode & 0o777).toBe(0o640);
    expect(fs.readdirSync(dir).some((name) => name.includes('lock'))).toBe(false);
    const { exitCode } = await runBy(`umask ${umask}; exec "$@"`, exportArgs, home);
    expect(exitCode).toBe(0);
    const bundle = path.join(home, '.openclaw/trajectory-exports/x');
    const modes = fs.readdirSync(bundle).map((name) => fs.statSync(path.join(bundle, name)).mode & 0o777);
    expect(new Set([...modes, fs.statSync(bundle).mode & 0o777])).toEqual(new Set([0o600, 0o700]));
  });
});

describe('a folder that may not be written', () => {
  it('is read, and a command that would write says why it cannot, with everything as it was', async (context) => {
    const { home, dir, store } = smallHome();
    for (const name of ['.', ...fs.readdirSync(home, { recursive: true, encoding: 'utf8' })]) {
      const file = path.join(home, name);
      if (isRoot) fs.chownSync(file, otherUid, otherUid);
    }
    const user = isRoot ? { uid: otherUid } : {};
    const tried = await runBy('exec "$@"', ['version'], home, user).catch(() => undefined);
    if (tried?.exitCode !== 0) context.skip('this machine lets no other user run Node.js');
    const folders = [dir, path.join(home, '.openclaw'), home];
    for (const folder of folders) fs.chmodSync(folder, 0o555);
    try {
      const before = treeState(home);
      expect(await runBy('exec "$@"', ['list', '--json'], home, user)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await runBy('exec "$@"', ['cleanup', '--dry-run'], home, user)).toMatchObject({ exitCode: 0, stderr: '' });
      for (const args of [
        ['cleanup', '--enforce', '--store', store],
        ['delete', '--store', store, 'agent:main:old', '--yes'],
        exportArgs,
      ]) {
        const { exitCode, stderr } = await runBy('exec "$@"', args, home, user);
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/EACCES|permission denied/);
        expect(stderr).not.toMatch(/bug|^\s+at /m);
      }
      expect(treeState(home)).toEqual(before);
    } finally {
      for (const folder of folders) fs.chmodSync(folder, 0o755);
    }
  });
});

describe('root, and a store of somebody else', () => {
  it('stays theirs, with what is written beside it', async (context) => {
    if (!isRoot) context.skip('only root can change the owner of a file');
    const { home, dir, store } = smallHome();
    for (const name of fs.readdirSync(dir)) fs.chownSync(path.join(dir, name), 1234, 1235);
    expect(await runCli(['cleanup', '--enforce', '--store', store], { home })).toMatchObject({ exitCode: 0 });
    const owners = fs.readdirSync(dir).map((name) => {
      const { uid, gid } = fs.statSync(path.join(dir, name));
      return `${uid}:${gid}`;
    });
    expect(new Set(owners)).toEqual(new Set(['1234:1235']));
    expect(owners).toHaveLength(3);
  });
});

describe('64 open files', () => {
  const agents = Array.from({ length: 120 }, (_, index) => `a${index}`);
  const home = (): string =>
    writeTree(scratchFolder(), {
      '.openclaw/openclaw.json': { gateway: { port: 1 }, agents: { list: agents.map((id) => ({ id })) } },
      ...Object.fromEntries(
        agents.map((id) => [
          `.openclaw/agents/${id}/sessions/sessions.json`,
          { [`agent:${id}:main`]: { sessionId: id, updatedAt: Date.now() }, [`agent:${id}:old`]: { updatedAt: 1 } },
        ]),
      ),
    });

  it.each([
    ['list', '--all-agents', '--limit', 'all', '--json'],
    ['cleanup', '--all-agents', '--dry-run', '--json'],
    ['cleanup', '--all-agents', '--enforce', '--json'],
  ])('are enough for 120 stores: %s %s %s', async (...args) => {
    const folder = home();
    const { exitCode, stdout, stderr } = await runBy('ulimit -n 64; exec "$@"', args, folder);
    expect({ exitCode, stderr: stderr.replace(/^no Gateway.*\n/, '') }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout).stores).toHaveLength(120);
    if (args.includes('--enforce')) {
      expect(keysOf(path.join(folder, '.openclaw/agents/a119/sessions/sessions.json'))).toEqual(['agent:a119:main']);
    }
  });
});

describe('a full disk', () => {
  /** Mounts a file system of 300 KiB that goes with the shell, fills it up, and brings out what is on it afterwards. */
  const onFullDisk = `
    mount -t tmpfs -o size=300k none "$HOME/disk" || exit 99
    cp -a "$HOME/from/." "$HOME/disk" && cd "$HOME/disk" && dd if=/dev/zero of=filler bs=1k 2>/dev/null
    HOME="$PWD" "$@"; code=$?
    rm filler; cp -a . ../after; exit $code`;

  for (const [name, args] of Object.entries({
    cleanup: ['cleanup', '--enforce', '--store', `${sessionsDir}/sessions.json`],
    delete: ['delete', '--store', `${sessionsDir}/sessions.json`, 'agent:main:old', '--yes'],
    'export-trajectory': exportArgs,
  })) {
    it(`is said by ${name}, which leaves everything as it was, and works when there is room`, async (context) => {
      const outer = writeTree(scratchFolder(), { 'disk/': '', 'after/': '' });
      const [from, after] = [path.join(outer, 'from'), path.join(outer, 'after')];
      fs.cpSync(smallHome().home, from, { recursive: true, preserveTimestamps: true });
      const shell = `exec unshare ${isRoot ? '-m' : '-rm'} sh -c '${onFullDisk}' sh "$@"`;
      const { exitCode, stderr } = await runBy(shell, args, outer);
      if (exitCode === 99 || /^(?:sh: .*)?unshare: /m.test(stderr)) {
        context.skip('this machine lets no test mount a file system');
      }
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/no space left/i);
      expect(stderr).not.toMatch(/bug|^\s+at /m);
      expect(contents(after)).toEqual(contents(from));
      expect(await runCli(args, { home: after })).toMatchObject({ exitCode: 0 });
    });
  }
});

/** Every file with its content. */
function contents(folder: string): Readonly<Record<string, string>> {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .sort()
      .map((file) => [path.relative(folder, file), fs.readFileSync(file, 'utf8')]),
  );
}
