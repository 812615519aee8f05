import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isLeftOver, replaceFile } from '../../src/files/atomic-write.ts';
import { followLinks } from '../../src/files/follow-links.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const always = { isUnchanged: () => true, isStillInPlace: () => true };
const modeOf = (file: string): number => fs.statSync(file).mode & 0o777;

test('a new file is for its owner alone, whatever the umask', () => {
  const file = path.join(scratchFolder(), 'a.json');
  expect(replaceFile(file, ['te', 'xt'], always)?.size).toBe(4);
  expect([fs.readFileSync(file, 'utf8'), modeOf(file)]).toEqual(['text', 0o600]);
});

test('a text in pieces is written whole, whatever their lengths', () => {
  const file = path.join(scratchFolder(), 'a.json');
  const pieces = [1, 300_000, 5, 400_000, 0, 2_000_000, 7].map((length, index) =>
    String.fromCodePoint(0x2192 + index).repeat(length),
  );
  replaceFile(file, pieces, always);
  expect(fs.readFileSync(file, 'utf8') === pieces.join('')).toBe(true);
});

test('an old file keeps its mode, and its folder too', () => {
  const dir = scratchFolder();
  const file = path.join(dir, 'a.json');
  fs.chmodSync(dir, 0o700);
  for (const mode of [0o644, 0o600, 0o640, 0o666]) {
    fs.writeFileSync(file, 'old');
    fs.chmodSync(file, mode);
    replaceFile(file, ['new'], always);
    expect([fs.readFileSync(file, 'utf8'), modeOf(file), modeOf(dir)]).toEqual(['new', mode, 0o700]);
  }
});

test('root leaves a file to its owner', () => {
  const file = path.join(scratchFolder(), 'a.json');
  fs.writeFileSync(file, 'old');
  const owner = process.getuid?.() === 0 ? 12_345 : (process.getuid?.() ?? 0);
  if (process.getuid?.() === 0) fs.chownSync(file, owner, owner);
  replaceFile(file, ['new'], always);
  expect(fs.statSync(file).uid).toBe(process.getuid === undefined ? 0 : owner);
});

test('when the file has changed, nothing is written and nothing left', () => {
  const dir = scratchFolder();
  const file = path.join(dir, 'a.json');
  fs.writeFileSync(file, 'old');
  expect(replaceFile(file, ['new'], { ...always, isUnchanged: () => false })).toBeUndefined();
  expect(replaceFile(file, ['new'], { ...always, isStillInPlace: () => false })).toBeUndefined();
  expect(fs.readdirSync(dir)).toEqual(['a.json']);
  expect(fs.readFileSync(file, 'utf8')).toBe('old');
});

test('a folder that is not there fails, and leaves nothing', () => {
  const dir = scratchFolder();
  expect(() => replaceFile(path.join(dir, 'no', 'a.json'), ['new'], always)).toThrow('ENOENT');
  expect(fs.readdirSync(dir)).toEqual([]);
});

test('links are followed to the file, and to the place of one that does not exist yet', () => {
  const dir = scratchFolder();
  const file = path.join(dir, 'real.json');
  fs.symlinkSync('real.json', path.join(dir, 'one'));
  fs.symlinkSync('one', path.join(dir, 'two'));
  expect(followLinks(path.join(dir, 'two'))).toBe(file);
  fs.writeFileSync(file, '');
  expect(followLinks(path.join(dir, 'two'))).toBe(file);
  expect(followLinks(path.join(dir, 'none'))).toBe(path.join(dir, 'none'));
});

test('only temporary files of this very file are known as left over', () => {
  const dir = scratchFolder();
  const file = path.join(dir, 'a.json');
  const names: string[] = [];
  const look = (): boolean => names.push(...fs.readdirSync(dir)) > 0;
  replaceFile(file, ['x'], { isUnchanged: look, isStillInPlace: look });
  expect(names).toHaveLength(3);
  expect(names.every((name) => isLeftOver(name, file))).toBe(true);
  expect(names.some((name) => isLeftOver(name, path.join(dir, 'b.json')))).toBe(false);
  expect(isLeftOver('a.json.1.x.tmp', file)).toBe(false);
});
