import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FilePiece, resolveExportTarget, writeBundle, type WriteFiles } from '../../src/files/export-folder.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const exportsFolder = '.openclaw/trajectory-exports';
const isRunning = (pid: number): boolean => pid === process.pid;
const world = { interrupted: new AbortController().signal, pid: process.pid, isRunning };

async function write(workspace: string, output: string, work?: (write: WriteFiles) => Promise<void>): Promise<string> {
  const target = await resolveExportTarget(workspace, output, 'default-name');
  await writeBundle(target, world, work ?? writeOne);
  return target.dir;
}

async function writeOne(files: WriteFiles): Promise<void> {
  await files(pieces('a.txt', ['a', 'ü']));
}

const pieces = (file: string, texts: readonly string[]): readonly FilePiece[] => texts.map((text) => ({ file, text }));

/** Every path below a folder, with the kind of what is there. */
function tree(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(
      (entry) => `${path.relative(folder, path.join(entry.parentPath, entry.name))}${entry.isDirectory() ? '/' : ''}`,
    )
    .sort();
}

test('makes the folders for their owner only and the files too, whatever the umask', async () => {
  const workspace = scratchFolder();
  const before = process.umask(0);
  try {
    const dir = await write(workspace, 'a/b');
    expect(dir).toBe(path.join(workspace, exportsFolder, 'a/b'));
  } finally {
    process.umask(before);
  }
  const mode = (name: string): string => (fs.statSync(path.join(workspace, name)).mode & 0o777).toString(8);
  expect(['.openclaw', exportsFolder, `${exportsFolder}/a`, `${exportsFolder}/a/b`].map(mode)).toEqual([
    '700',
    '700',
    '700',
    '700',
  ]);
  expect(mode(`${exportsFolder}/a/b/a.txt`)).toBe('600');
  expect(fs.readFileSync(path.join(workspace, exportsFolder, 'a/b/a.txt'), 'utf8')).toBe('aü');
});

test('keeps the mode of folders that are there', async () => {
  const workspace = scratchFolder();
  fs.mkdirSync(path.join(workspace, '.openclaw'), { mode: 0o755 });
  await write(workspace, 'a');
  expect(fs.statSync(path.join(workspace, '.openclaw')).mode & 0o777).toBe(0o755);
});

test('writes files that take turns, tells their sizes in bytes, and refuses to write a file twice', async () => {
  const workspace = scratchFolder();
  const long = 'ü'.repeat(400_000);
  let sizes: ReadonlyMap<string, number> = new Map();
  const dir = await write(workspace, 'a', async (files) => {
    sizes = await files([
      { file: 'x', text: 'a' },
      { file: 'y', text: '' },
      { file: 'x', text: 'ü' },
      { file: 'z', text: 'b' },
      { file: 'z', text: long },
      { file: 'x', text: '😀' },
      { file: 'z', text: 'c' },
    ]);
    await expect(files(pieces('x', ['b']))).rejects.toThrow('EEXIST');
  });
  expect([...sizes]).toEqual([
    ['x', 7],
    ['y', 0],
    ['z', 800_002],
  ]);
  const read = (name: string): string => fs.readFileSync(path.join(dir, name), 'utf8');
  expect(read('x')).toBe('aü😀');
  expect(read('y')).toBe('');
  expect(read('z') === `b${long}c`).toBe(true);
});

test('writes what it is given, however the pieces lie', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          file: fc.constantFrom('x', 'y'),
          text: fc
            .tuple(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.nat(60_000))
            .map(([text, times]) => text.repeat(times)),
        }),
        { maxLength: 12 },
      ),
      async (given) => {
        const workspace = scratchFolder();
        const dir = await write(workspace, 'a', async (files) => {
          await files(given);
        });
        for (const file of new Set(given.map((piece) => piece.file))) {
          const text = given.flatMap((piece) => (piece.file === file ? [piece.text] : [])).join('');
          expect(fs.readFileSync(path.join(dir, file), 'utf8') === text).toBe(true);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test.each([
  ['/tmp/x', 'must be relative to the workspace trajectory exports directory'],
  ['~', 'must be relative'],
  ['~/x', 'must be relative'],
  ['~x', 'must be relative'],
  ['.', 'must stay inside the workspace trajectory exports directory'],
  ['..', 'must stay inside the workspace'],
  ['../x', 'must stay inside the workspace'],
  ['a/../../x', 'must stay inside the workspace'],
  ['..hidden', 'must stay inside the workspace'],
  ['a/..', 'must stay inside the workspace'],
])('refuses the name %s, after making the exports folder', async (output, reason) => {
  const workspace = scratchFolder();
  await expect(resolveExportTarget(workspace, output, 'd')).rejects.toThrow(`Output path ${reason}`);
  expect(tree(workspace)).toEqual(['.openclaw/', `${exportsFolder}/`]);
});

test.each([
  ['a', 'a'],
  [' a ', 'a'],
  ['a/b/c', 'a/b/c'],
  ['sub/../q', 'q'],
  ['a/', 'a'],
  ['', 'default-name'],
  ['  ', 'default-name'],
  ['-rf', '-rf'],
  ['a..b', 'a..b'],
])('the name %j means %s', async (output, expected) => {
  const workspace = scratchFolder();
  const { dir } = await resolveExportTarget(workspace, output, 'default-name');
  expect(path.relative(path.join(workspace, exportsFolder), dir)).toBe(expected);
});

test('a workspace must exist; it may be a link, and the bundle is named through it', async () => {
  const folder = scratchFolder();
  await expect(resolveExportTarget(path.join(folder, 'no'), 'a', 'd')).rejects.toThrow('ENOENT');
  fs.mkdirSync(path.join(folder, 'real'));
  fs.symlinkSync('real', path.join(folder, 'link'));
  expect(await write(path.join(folder, 'link'), 'a')).toBe(path.join(folder, 'link', exportsFolder, 'a'));
  expect(fs.existsSync(path.join(folder, 'real', exportsFolder, 'a/a.txt'))).toBe(true);
});

test.each([
  ['.openclaw', 'OpenClaw state directory must be a real directory inside the workspace'],
  [exportsFolder, 'Trajectory exports directory must be a real directory inside the workspace'],
])('refuses a link, a file or a dangling link at %s, and touches nothing behind it', async (name, reason) => {
  for (const kind of ['link', 'inside', 'file', 'dangling']) {
    const folder = scratchFolder();
    const workspace = path.join(folder, 'ws');
    const outside = path.join(folder, 'outside');
    fs.mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    fs.mkdirSync(outside);
    fs.mkdirSync(path.join(workspace, 'inside'));
    const at = path.join(workspace, name);
    if (kind === 'file') fs.writeFileSync(at, 'x');
    else
      fs.symlinkSync(
        { link: outside, inside: path.join(workspace, 'inside'), dangling: path.join(folder, 'no') }[kind]!,
        at,
      );
    await expect(resolveExportTarget(workspace, 'a', 'd')).rejects.toThrow(reason);
    expect(tree(outside)).toEqual([]);
    expect(fs.existsSync(path.join(folder, 'no'))).toBe(false);
  }
});

test('a link below the exports folder may lead elsewhere inside it, and nowhere else', async () => {
  const folder = scratchFolder();
  const workspace = path.join(folder, 'ws');
  const base = path.join(workspace, exportsFolder);
  fs.mkdirSync(path.join(base, 'inner'), { recursive: true });
  fs.mkdirSync(path.join(folder, 'outside'));
  fs.symlinkSync('inner', path.join(base, 'good'));
  fs.symlinkSync(path.join(folder, 'outside'), path.join(base, 'bad'));
  fs.symlinkSync(path.join(workspace), path.join(base, 'up'));
  await write(workspace, 'good/a');
  expect(fs.existsSync(path.join(base, 'inner/a/a.txt'))).toBe(true);
  for (const output of ['bad', 'bad/x', 'bad/x/y', 'up/x', 'good/../bad/x']) {
    await expect(write(workspace, output), output).rejects.toThrow(
      'Output path must stay inside the real trajectory exports directory',
    );
  }
  expect(tree(path.join(folder, 'outside'))).toEqual([]);
});

test('a bundle that exists is refused, even an empty folder, a file or a dangling link', async () => {
  const workspace = scratchFolder();
  const base = path.join(workspace, exportsFolder);
  fs.mkdirSync(path.join(base, 'dir'), { recursive: true });
  fs.writeFileSync(path.join(base, 'file'), '');
  fs.symlinkSync(path.join(base, 'nowhere'), path.join(base, 'dangling'));
  const before = tree(workspace);
  for (const name of ['dir', 'file', 'dangling']) {
    await expect(write(workspace, name)).rejects.toThrow(
      `EEXIST: file already exists, mkdir '${path.join(base, name)}'`,
    );
  }
  expect(tree(workspace)).toEqual(before);
});

test('a failure takes away everything that was made, the folders above too, but nothing that was there', async () => {
  const workspace = scratchFolder();
  const fail = async (files: WriteFiles): Promise<void> => {
    await files(pieces('a.txt', ['a']));
    throw new Error('disk on fire');
  };
  await write(workspace, 'kept/one');
  const before = tree(workspace);
  for (const name of ['x', 'a/b/c', 'kept/two']) {
    await expect(write(workspace, name, fail)).rejects.toThrow('disk on fire');
    expect(tree(workspace)).toEqual(before);
  }
});

test('an interruption is a failure', async () => {
  const workspace = scratchFolder();
  const target = await resolveExportTarget(workspace, 'a', 'd');
  const controller = new AbortController();
  const work = async (files: WriteFiles): Promise<void> => {
    await files(pieces('a.txt', ['a']));
    controller.abort(new Error('SIGINT'));
    await files(pieces('b.txt', ['b']));
  };
  await expect(writeBundle(target, { ...world, interrupted: controller.signal }, work)).rejects.toThrow('SIGINT');
  expect(tree(workspace)).toEqual(['.openclaw/', `${exportsFolder}/`]);
});

describe('what runs before have left beside the bundle', () => {
  /** A folder with a file in it, under the name that a run with this pid gives it. */
  const leave = async (workspace: string, pid: number, change = (name: string): string => name): Promise<string> => {
    let left = '';
    const target = await resolveExportTarget(workspace, 'left', 'd');
    await writeBundle(target, { ...world, pid }, async (files) => {
      const [name] = fs.readdirSync(target.realBase).filter((each) => each.startsWith('.unfinished-'));
      left = path.join(target.realBase, change(name!));
      await files(pieces('a.txt', ['half of it']));
      fs.cpSync(path.join(target.realBase, name!), left, { recursive: true });
      throw new Error('killed');
    }).catch(() => undefined);
    return left;
  };
  const elsewhere = (name: string): string => name.replace(/\.[0-9a-f]{16}\./, '.0123456789abcdef.');
  const another = (name: string): string => name.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const longAgo = new Date(Date.now() - 25 * 60 * 60_000);

  test('goes when its process does not run any more', async () => {
    const workspace = scratchFolder();
    await leave(workspace, 999_999_999, another);
    await write(workspace, 'new');
    expect(tree(path.join(workspace, exportsFolder))).toEqual(['new/', 'new/a.txt']);
  });

  test('stays when its process runs', async () => {
    const workspace = scratchFolder();
    const left = await leave(workspace, process.pid, another);
    for (const name of ['', 'a.txt']) fs.utimesSync(path.join(left, name), longAgo, longAgo);
    await write(workspace, 'new');
    expect(fs.readdirSync(left)).toEqual(['a.txt']);
  });

  test('of another machine goes after a day in which nothing was written', async () => {
    const workspace = scratchFolder();
    const left = await leave(workspace, process.pid, elsewhere);
    fs.utimesSync(left, longAgo, longAgo);
    await write(workspace, 'one');
    expect(fs.readdirSync(left)).toEqual(['a.txt']);
    fs.utimesSync(path.join(left, 'a.txt'), longAgo, longAgo);
    await write(workspace, 'two');
    expect(fs.existsSync(left)).toBe(false);
  });

  test('is not taken for one when its name tells no holder', async () => {
    const workspace = scratchFolder();
    const mine = path.join(workspace, exportsFolder, '.unfinished-symphony');
    fs.mkdirSync(mine, { recursive: true });
    fs.utimesSync(mine, longAgo, longAgo);
    await write(workspace, 'new');
    expect(fs.existsSync(mine)).toBe(true);
  });
});

test('is never seen half written', async () => {
  const workspace = scratchFolder();
  const base = path.join(workspace, exportsFolder);
  await write(workspace, 'a', async (files) => {
    await files(pieces('one', ['1']));
    expect(fs.existsSync(path.join(base, 'a'))).toBe(false);
    await files(pieces('two', ['2']));
  });
  expect(tree(base)).toEqual(['a/', 'a/one', 'a/two']);
});
