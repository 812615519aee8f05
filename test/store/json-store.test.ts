import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listedFields, makeListRow } from '../../src/core/list/row.ts';
import { createModelCatalog } from '../../src/core/model.ts';
import { SessionsError } from '../../src/errors.ts';
import { createJsonStore } from '../../src/stores/json/json-store.ts';
import { readJsonStore } from '../../src/stores/json/read.ts';
import { scratchFolder } from '../helpers/scratch.ts';
import { isThorough } from '../helpers/thorough.ts';

function storeFile(content: string | Buffer): string {
  const file = path.join(scratchFolder(), 'sessions.json');
  fs.writeFileSync(file, content);
  return file;
}

/** Content that is no store, what is said about it, and the place named. */
const damages: readonly (readonly [name: string, content: string, reason: string, place: object])[] = [
  ['an empty file', '', 'the file is empty', {}],
  [
    'a cut file',
    '{\n  "a": {"sessionId": "s',
    'not valid JSON at line 2, column 24: the file ends here, the end of a string is missing',
    { line: 2, column: 24 },
  ],
  [
    'a comma too many',
    '{"a": {},}',
    'not valid JSON at line 1, column 10: a member name in double quotes expected',
    { line: 1, column: 10 },
  ],
  ['comments', '// old\n{}', 'not valid JSON at line 1, column 1: a value expected', { line: 1, column: 1 }],
  ['a byte-order mark', '\ufeff{}', 'it begins with a byte-order mark', { line: 1, column: 1 }],
  ['an array', '[]', 'it holds an array instead of an object', {}],
  ['null', 'null', 'it holds null instead of an object', {}],
  ['a number', '7', 'it holds a number instead of an object', {}],
  ['zero bytes', '\0\0\0\0', 'not valid JSON at line 1, column 1: a value expected', { line: 1, column: 1 }],
];

function failure(file: string): SessionsError {
  try {
    readJsonStore(file);
  } catch (error) {
    if (error instanceof SessionsError) return error;
    throw error;
  }
  throw new Error('read without complaint');
}

describe('readJsonStore', () => {
  it('tells a missing store from an empty one', () => {
    expect(readJsonStore(path.join(scratchFolder(), 'none', 'sessions.json'))).toEqual({ state: 'absent' });
    expect(readJsonStore(storeFile('{}'))).toMatchObject({ state: 'present', entries: {} });
    expect(readJsonStore(storeFile(' \r\n{}\n'))).toMatchObject({ state: 'present', entries: {} });
  });

  it('takes a link to a store for the store, and a link to nothing for a missing one', () => {
    const folder = scratchFolder();
    fs.symlinkSync(storeFile('{"a": {}}'), path.join(folder, 'link.json'));
    fs.symlinkSync(path.join(folder, 'none'), path.join(folder, 'dangling.json'));
    expect(readJsonStore(path.join(folder, 'link.json'))).toMatchObject({ entries: { a: {} } });
    expect(readJsonStore(path.join(folder, 'dangling.json'))).toEqual({ state: 'absent' });
  });

  it('calls a folder, a pipe and a path through a file unreadable, and does not wait for a writer', () => {
    const folder = scratchFolder();
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(failure(folder)).toMatchObject({ code: 'STORE_UNREADABLE', exitCode: 4 });
    expect(failure(folder).message).toContain('it is a folder');
    expect(failure(pipe).message).toContain('it is not a regular file');
    expect(failure(path.join(storeFile('{}'), 'sessions.json')).message).toContain('ENOTDIR');
  });

  it.each([
    ['file', 0o000, 0o755, /^STORE_UNREADABLE .*permission denied \(owner uid \d+, mode 0000; run as that user\)/],
    ['folder', 0o644, 0o000, /^STORE_UNREADABLE .*permission denied \(a folder above it may not be entered\)/],
  ])(
    'calls a store without permission on its %s unreadable, with owner and mode',
    (_what, mode, folderMode, message) => {
      const file = storeFile('{}');
      fs.chmodSync(file, mode);
      fs.chmodSync(path.dirname(file), folderMode);
      const program = path.resolve(import.meta.dirname, '../helpers/read-store-unprivileged.ts');
      expect(execFileSync(process.execPath, [program, file], { encoding: 'utf8' })).toMatch(message);
      fs.chmodSync(path.dirname(file), 0o755);
    },
  );

  it('shows bytes that are not UTF-8 as U+FFFD', () => {
    const file = storeFile(Buffer.from('{"a\xff": {}}', 'latin1'));
    expect(readJsonStore(file)).toMatchObject({ entries: { 'a\ufffd': {} } });
  });

  it('keeps the last of two values under one key, and __proto__ as data', () => {
    const file = storeFile('{"a": {"n": 1}, "__proto__": {"n": 2}, "a": {"n": 3}}');
    const read = readJsonStore(file);
    expect(read.state === 'present' && Object.entries(read.entries)).toEqual([
      ['a', { n: 3 }],
      ['__proto__', { n: 2 }],
    ]);
  });
});

/** The two ways a store is read: parsed whole, or scanned because it is large. Both keep one contract. */
const ways = [
  { way: 'parsed', options: { scanFromBytes: Infinity, chunkBytes: 0 } },
  { way: 'scanned', options: { scanFromBytes: 0, chunkBytes: 1024 * 1024 } },
  { way: 'scanned in small pieces', options: { scanFromBytes: 0, chunkBytes: 7 } },
];

describe.each(ways)('a JSON store that is $way', ({ options }) => {
  it.each(damages)('refuses %s and says where', async (_name, content, reason, place) => {
    const file = storeFile(content);
    const failure = createJsonStore(file, options).list({ limit: 1 });
    await expect(failure).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      message: `Session store is damaged: ${file}: ${reason}`,
      details: { path: file, ...place },
    });
  });

  it('has no rows when it is missing', async () => {
    const store = createJsonStore(path.join(scratchFolder(), 'none.json'), options);
    expect(await store.list({ limit: 1 })).toMatchObject({ exists: false, total: 0, rows: [] });
    expect(await store.find('a')).toBeUndefined();
  });

  it('lists literal keys: nothing is merged, trimmed or migrated', async () => {
    const keys = ['main', 'MAIN', ' padded ', '', 'agent:main:main', '__proto__', 'constructor', '-rf', '../x'];
    const store = createJsonStore(
      storeFile(`{${keys.map((key) => `${JSON.stringify(key)}: {}`).join(', ')}}`),
      options,
    );
    const { total, rows, exists } = await store.list({ limit: null });
    expect({ total, exists, keys: rows.map(({ key }) => key) }).toEqual({ total: keys.length, exists: true, keys });
  });

  it('finds a row by its exact key first, then without regard to case', async () => {
    const file = storeFile('{"Agent:Main:X": {"n": 1}, "agent:main:x": {"n": 2}, "Other": {"n": 3}}');
    const store = createJsonStore(file, options);
    expect(await store.find('Agent:Main:X')).toEqual({ key: 'Agent:Main:X', entry: { n: 1 } });
    expect(await store.find('OTHER')).toEqual({ key: 'Other', entry: { n: 3 } });
    expect(await store.find('AGENT:main:x')).toEqual({ key: 'agent:main:x', entry: { n: 2 } });
    expect(await store.find('toString')).toBeUndefined();
  });

  it('puts whole-number keys first, repeated keys at their first place with their last value', async () => {
    const file = storeFile(
      '{"b": {"sessionId": 1}, "7": {}, "b": {"sessionId": 2}, "01": {}, "3": null, "4294967295": {}}',
    );
    const { rows } = await createJsonStore(file, options).list({ limit: null });
    expect(rows.map(({ key }) => key)).toEqual(['3', '7', 'b', '01', '4294967295']);
    expect(rows[2]?.entry).toEqual({ sessionId: 2 });
    const first = await createJsonStore(file, options).list({ limit: 3 });
    expect(first).toMatchObject({ total: 5, rows: rows.slice(0, 3).map(({ key }) => ({ key })) });
  });
});

describe('all ways of reading', () => {
  it('give the same rows for every store and query', async () => {
    const value = fc.oneof(
      fc.integer(),
      fc.constantFrom(null, '5', 1e300, -1),
      fc.string({ unit: 'binary' }),
      fc.constant({ agent: 'x' }),
    );
    const fields = fc.constantFrom<string>(...listedFields);
    const entry = fc.oneof(fc.dictionary(fields, value, { maxKeys: 6 }), fc.constantFrom(null, 7, 'text', [1], {}));
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('7', '12', '__proto__', 'agent:main:main', 'a"\\'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(key, entry), { maxLength: 12 }),
        fc.constantFrom(null, 1, 3, 100),
        fc.constantFrom(undefined, 0, 3),
        fc.constantFrom(0, 2),
        async (entries, limit, updatedSinceMs, indent) => {
          // Put together by hand: an object could not hold a key twice.
          const members = entries.map(
            ([key, entry]) => `${JSON.stringify(key)}: ${JSON.stringify(entry, null, indent)}`,
          );
          const file = storeFile(`{${members.join(',')}}`);
          const query = { limit, ...(updatedSinceMs === undefined ? {} : { updatedSinceMs }) };
          const sets = await Promise.all(ways.map(({ options }) => createJsonStore(file, options).list(query)));
          const [parsed, ...scanned] = sets.map(({ total, rows }) => ({
            total,
            rows: rows.map((row) => makeListRow(row.key, row.entry, context)),
          }));
          for (const set of scanned) expect(set).toEqual(parsed);
          fs.rmSync(path.dirname(file), { recursive: true });
        },
      ),
      { numRuns: isThorough ? 10_000 : 300 },
    );
  });
});

const context = { agentId: 'main', config: {}, models: createModelCatalog({}), nowMs: 10 };
