import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { scratchFolder, treeState, writeTree } from '../helpers/scratch.ts';

const day = 24 * 60 * 60_000;
const sessions = '.openclaw/agents/main/sessions';
const config = '.openclaw/openclaw.json';
const ago = (ms: number): number => Date.now() - ms;

/** A home with one store, and files of its folder that were changed 40 days ago. */
function homeWith(store: object, files: readonly string[], settings: object = {}): string {
  const home = writeTree(scratchFolder(), {
    [config]: settings,
    [`${sessions}/sessions.json`]: store,
    ...Object.fromEntries(files.map((name) => [`${sessions}/${name}`, 'x'.repeat(400)])),
  });
  for (const name of files) makeOld(path.join(home, sessions, name));
  return home;
}

function makeOld(file: string): void {
  fs.utimesSync(file, ago(40 * day) / 1000, ago(40 * day) / 1000);
}

const folderOf = (home: string): string[] => fs.readdirSync(path.join(home, sessions)).sort();

describe('sessions cleanup stays inside its folder', () => {
  it('leaves files that a linked sub-folder leads to, however little room the budget has', async () => {
    const outside = writeTree(scratchFolder(), {
      't.jsonl': 'x',
      't.trajectory.jsonl': 'x'.repeat(800),
      't.trajectory-path.json': 'x'.repeat(800),
    });
    const home = homeWith(
      { 'agent:main:a': { sessionId: 'a1', sessionFile: 'sub/t.jsonl', updatedAt: ago(2 * day) } },
      ['notes.txt'],
      {
        session: { maintenance: { maxDiskBytes: 500, highWaterBytes: 100 } },
      },
    );
    fs.symlinkSync(outside, path.join(home, sessions, 'sub'));
    for (const name of fs.readdirSync(outside)) makeOld(path.join(outside, name));
    const before = treeState(outside);
    const { exitCode, stdout } = await runCli(['cleanup', '--json', '--enforce'], { home });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).diskBudget).toMatchObject({ removedFiles: 0, removedEntries: 1 });
    expect(treeState(outside)).toEqual(before);
  });

  it('does not rename a folder that a row names, with the transcripts of other rows in it', async () => {
    const home = homeWith(
      {
        'agent:main:stale': { sessionId: 's1', sessionFile: 'sub', updatedAt: ago(40 * day) },
        'agent:main:lock': { sessionId: 's2', sessionFile: 'sessions.json.lock', updatedAt: ago(40 * day) },
        'agent:main:kept': { sessionId: 'k1', sessionFile: 'sub/k.jsonl', updatedAt: ago(day) },
      },
      ['sub/k.jsonl'],
    );
    const { exitCode, stdout } = await runCli(['cleanup', '--json', '--enforce'], { home });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pruned: 2, appliedCount: 1 });
    expect(folderOf(home)).toEqual(['sessions.json', 'sub']);
    expect(fs.readdirSync(path.join(home, sessions, 'sub'))).toEqual(['k.jsonl']);
  });
});

describe('sessions cleanup keeps what it takes away', () => {
  it('archives a transcript whose name leaves no room for the ending, under a shorter one', async () => {
    const name = `${'a'.repeat(30)}-topic-${'%E3%81%82'.repeat(20)}.jsonl`;
    const home = homeWith({ 'agent:main:long': { sessionId: 'l1', sessionFile: name, updatedAt: ago(40 * day) } }, [
      name,
    ]);
    for (let run = 0; run < 2; run++) {
      expect((await runCli(['cleanup', '--enforce'], { home })).exitCode).toBe(0);
      const [archive = ''] = folderOf(home).filter((each) => each.startsWith('aaa'));
      expect(archive).toMatch(/\.deleted\.\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z$/);
      expect(Buffer.byteLength(archive)).toBe(255);
    }
  });

  it('spares an archive that a kept row names, whatever its age', async () => {
    const name = 'm1.jsonl.deleted.2020-01-01T00-00-00.000Z';
    const home = homeWith(
      { 'agent:main:slack:channel:c': { sessionId: 'm1', sessionFile: name, updatedAt: ago(day) } },
      [name],
      {
        session: { maintenance: { maxDiskBytes: 100 } },
      },
    );
    await runCli(['cleanup', '--enforce'], { home });
    expect(folderOf(home)).toEqual([name, 'sessions.json']);
  });

  it('leaves folders of others whose names begin like the lock', async () => {
    const name = 'sessions.json.lock.backup.00000000-0000-4000-8000-000000000001/mine.txt';
    const home = homeWith({}, [name]);
    await runCli(['cleanup', '--enforce'], { home });
    expect(fs.existsSync(path.join(home, sessions, name))).toBe(true);
  });
});

describe('a stale row whose transcript is a link that leads out', () => {
  it('loses its sidecars, which lie in the folder; the link and its target stay', async () => {
    const home = homeWith({ 'agent:main:a': { sessionId: 'a', updatedAt: ago(40 * day) } }, [
      'a.trajectory.jsonl',
      'a.trajectory-path.json',
    ]);
    const target = path.join(home, 'elsewhere.jsonl');
    fs.writeFileSync(target, 'mine');
    fs.symlinkSync(target, path.join(home, sessions, 'a.jsonl'));
    const { exitCode } = await runCli(['cleanup', '--enforce'], { home });
    expect(exitCode).toBe(0);
    expect(folderOf(home)).toEqual(['a.jsonl', 'sessions.json']);
    expect(fs.readFileSync(target, 'utf8')).toBe('mine');
  });
});

describe('a dry run over a stale row whose transcript is a link', () => {
  it('counts the sidecars of the link, not what it leads to: as OpenClaw 2026.5.12', async () => {
    const home = homeWith({ 'agent:main:a': { sessionId: 's', updatedAt: ago(40 * day) } }, [
      'real.jsonl',
      'real.trajectory.jsonl',
      's.trajectory.jsonl',
    ]);
    fs.symlinkSync('real.jsonl', path.join(home, sessions, 's.jsonl'));
    const { stdout } = await runCli(['cleanup', '--dry-run', '--json'], { home });
    expect(JSON.parse(stdout)).toMatchObject({
      pruned: 1,
      unreferencedArtifacts: { scannedFiles: 4, removedFiles: 1, freedBytes: 400 },
    });
  });
});

describe('a row that names its transcript by the absolute path of a link', () => {
  const homeWithLink = (updatedAt: number): string => {
    const home = homeWith({}, ['real.jsonl', 'real.trajectory.jsonl', 's.trajectory.jsonl']);
    const sessionFile = path.join(home, sessions, 's.jsonl');
    fs.symlinkSync('real.jsonl', sessionFile);
    const store = { 'agent:main:a': { sessionId: 's', sessionFile, updatedAt } };
    fs.writeFileSync(path.join(home, sessions, 'sessions.json'), JSON.stringify(store));
    return home;
  };

  it('loses, with what the link leads to, the trajectory beside the link, however young: as OpenClaw 2026.5.12', async () => {
    const home = homeWithLink(ago(40 * day));
    for (const name of ['real.trajectory.jsonl', 's.trajectory.jsonl']) {
      fs.utimesSync(path.join(home, sessions, name), new Date(), new Date());
    }
    const { stdout } = await runCli(['cleanup', '--enforce', '--json'], { home });
    expect(JSON.parse(stdout)).toMatchObject({
      pruned: 1,
      unreferencedArtifacts: { scannedFiles: 3, removedFiles: 0, freedBytes: 0 },
    });
    const left = folderOf(home).map((name) => name.replace(/\.deleted\..*/, '.deleted'));
    expect(left).toEqual(['real.jsonl.deleted', 'real.trajectory.jsonl', 's.jsonl', 'sessions.json']);
  });

  it('keeps both trajectories as long as it stays, however old', async () => {
    const home = homeWithLink(ago(day));
    const { exitCode } = await runCli(['cleanup', '--enforce'], { home });
    expect(exitCode).toBe(0);
    expect(folderOf(home)).toEqual([
      'real.jsonl',
      'real.trajectory.jsonl',
      's.jsonl',
      's.trajectory.jsonl',
      'sessions.json',
    ]);
  });
});

describe('a blank --active-key', () => {
  it('is refused: an unset variable must not take the protection away', async () => {
    const home = homeWith({}, []);
    const { exitCode, stderr } = await runCli(['cleanup', '--active-key', ' '], { home });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '--active-key must not be blank\n' });
  });
});

describe('a row with an updatedAt that cannot be made a number', () => {
  const store = { 'agent:main:odd': { updatedAt: { toString: 1, valueOf: 1 } }, 'agent:main:b': { updatedAt: 5 } };

  it.each([[['list', '--json']], [['cleanup', '--dry-run', '--json']], [['cleanup', '--dry-run', '--explain']]])(
    'does not stop %j',
    async (args) => {
      const { exitCode, stdout } = await runCli(args, { home: homeWith(store, []) });
      expect(exitCode).toBe(0);
      expect(stdout).toContain(
        args.includes('--json') && args[0] === 'cleanup' ? '"beforeCount": 2' : 'agent:main:odd',
      );
    },
  );
});

describe('a transcript that may not be looked at', () => {
  const loop = `${sessions}/loop.jsonl`;
  const homeWithLoop = (): string => {
    const home = homeWith(
      {
        'agent:main:unseen': { sessionId: 'u1', sessionFile: 'loop.jsonl', updatedAt: ago(day) },
        'agent:main:gone': { sessionId: 'g1', updatedAt: ago(day) },
      },
      [],
    );
    fs.symlinkSync('loop.jsonl', path.join(home, loop));
    return home;
  };

  it('is not missing, and the row that stays is said', async () => {
    const home = homeWithLoop();
    const { exitCode, stdout, stderr } = await runCli(['cleanup', '--json', '--enforce', '--fix-missing'], { home });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ missing: 1, afterCount: 1 });
    const why = `its transcript may not be looked at: ${path.join(home, loop)}`;
    expect(stderr).toContain(`Kept agent:main:unseen: ${why} (else prune-missing)\n`);
  });

  it('is said with --explain, and not when nobody asks for missing transcripts', async () => {
    const home = homeWithLoop();
    const dryRun = ['cleanup', '--dry-run', '--explain'];
    const asked = await runCli([...dryRun, '--fix-missing'], { home });
    expect(asked.stdout).toContain('transcript may not be looked at');
    const { stdout, stderr } = await runCli(dryRun, { home });
    expect(`${stdout}${stderr}`).not.toContain('may not be looked at');
  });
});

it('does not count the sidecar of a row that goes as unreferenced, when the other one is a link', async () => {
  const pointer = { traceSchema: 'openclaw-trajectory-pointer', schemaVersion: 1, sessionId: 's1' };
  const home = homeWith(
    {
      'agent:main:stale': { sessionId: 's1', updatedAt: ago(40 * day) },
      'agent:main:kept': { sessionId: 'k1', updatedAt: ago(day) },
    },
    ['notes.txt', 's1.trajectory-path.json'],
  );
  const file = path.join(home, sessions, 's1.trajectory-path.json');
  fs.writeFileSync(file, JSON.stringify(pointer));
  makeOld(file);
  fs.symlinkSync('notes.txt', path.join(home, sessions, 's1.trajectory.jsonl'));
  const { stdout } = await runCli(['cleanup', '--dry-run', '--json'], { home });
  expect(JSON.parse(stdout)).toMatchObject({ pruned: 1, unreferencedArtifacts: { removedFiles: 0 } });
});

it('archives both transcripts of a row whose session id has blanks around it', async () => {
  const home = homeWith(
    {
      'agent:main:stale': { sessionId: 's1 ', sessionFile: 's1 .jsonl', updatedAt: ago(40 * day) },
      'agent:main:kept': { sessionId: 'k1', updatedAt: ago(day) },
    },
    ['s1 .jsonl', 's1.jsonl'],
  );
  const { exitCode } = await runCli(['cleanup', '--enforce', '--json'], { home });
  expect(exitCode).toBe(0);
  const archived = folderOf(home).map((name) => name.replace(/\.deleted\..*/, '.deleted'));
  expect(archived).toEqual(['s1 .jsonl.deleted', 's1.jsonl.deleted', 'sessions.json']);
});
