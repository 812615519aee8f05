import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, open, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LineSource, SourceLine } from '../../src/core/transcript/lines.ts';
import { openJsonLines } from '../../src/files/json-lines.ts';
import { isThorough } from '../helpers/thorough.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'json-lines-'));
  file = path.join(folder, 'a.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function all(source: LineSource): Promise<SourceLine[]> {
  const found: SourceLine[] = [];
  for await (const line of source.lines()) found.push(line);
  return found;
}

test('gives trimmed lines with their numbers and leaves blank ones out', async () => {
  await writeFile(file, '\ufeff{"a":1}\r\n\n  \t \n {"b":2} \n{"torn"');
  await using source = await openJsonLines(file);
  expect(await all(source)).toEqual([
    { number: 1, text: '{"a":1}' },
    { number: 4, text: '{"b":2}' },
    { number: 5, text: '{"torn"' },
  ]);
});

test('an empty file has no lines', async () => {
  await writeFile(file, '');
  await using source = await openJsonLines(file);
  expect(source.bytes).toBe(0);
  expect(await all(source)).toEqual([]);
});

test('gives the same lines for every chunk size and content, and each of them again on request', async () => {
  const piece = fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '\r', ' ', '\ufeff', '"', 'xyz'.repeat(20));
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      fc.uint8Array({ maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      async (pieces, tail, chunkBytes) => {
        // Random bytes at the end: invalid UTF-8 and torn sequences.
        const bytes = Buffer.concat([Buffer.from(pieces.join('')), tail]);
        await writeFile(file, bytes);
        const expected = bytes
          .toString('utf8')
          .split('\n')
          .map((text, index) => ({ number: index + 1, text: text.trim() }))
          .filter(({ text }) => text !== '');
        await using source = await openJsonLines(file, { chunkBytes });
        expect(await all(source)).toEqual(expected);
        for (const { number, text } of [...expected, ...expected.toReversed()]) {
          expect(await source.line(number)).toBe(text);
        }
      },
    ),
    { numRuns: isThorough ? 5000 : 150 },
  );
});

test('gives every line to those who ask at the same time', async () => {
  const texts = Array.from({ length: 50 }, (_, index) => `${index}`.repeat(1 + (index % 7)));
  await writeFile(file, texts.join('\n'));
  await using source = await openJsonLines(file, { chunkBytes: 8 });
  await all(source);
  const asked = texts.map((_, index) => ((index * 17) % 50) + 1);
  expect(await Promise.all(asked.map((number) => source.line(number)))).toEqual(
    asked.map((number) => texts[number - 1]),
  );
});

test('reads no more at a time after one huge line than before it', async () => {
  const huge = 'x'.repeat(100_000);
  await writeFile(file, `${huge}\n${'a\n'.repeat(1000)}`);
  await using source = await openJsonLines(file, { chunkBytes: 64 });
  await all(source);
  expect(await source.line(1)).toBe(huge);
  expect(await source.line(2)).toBe('a');
  // Line 900 is far away: it has not been read together with line 2.
  await using handle = await open(file, 'r+');
  await handle.write('b', huge.length + 1 + 898 * 2);
  expect(await source.line(900)).toBe('b');
});

test('does not see what is appended after opening', async () => {
  await writeFile(file, '1\n2');
  await using source = await openJsonLines(file);
  await appendFile(file, '3\n4\n');
  expect((await all(source)).map(({ text }) => text)).toEqual(['1', '2']);
});

test('says so when a line is gone because the file became shorter', async () => {
  await writeFile(file, 'first\nsecond\n');
  await using source = await openJsonLines(file, { chunkBytes: 4 });
  await all(source);
  await truncate(file, 3);
  await expect(source.line(2)).rejects.toThrow('became shorter');
});

test('opens neither folders nor named pipes, and links only when they are allowed', async () => {
  await mkdir(path.join(folder, 'd'));
  await expect(openJsonLines(path.join(folder, 'd'))).rejects.toThrow('EISDIR');
  const pipe = path.join(folder, 'p');
  execFileSync('mkfifo', [pipe]);
  await expect(openJsonLines(pipe)).rejects.toThrow('not a regular file');
  await writeFile(file, '1\n');
  const link = path.join(folder, 'l');
  await symlink(file, link);
  await expect(openJsonLines(link, { refuseLink: true })).rejects.toThrow('ELOOP');
  await using source = await openJsonLines(link);
  expect(await all(source)).toHaveLength(1);
});
