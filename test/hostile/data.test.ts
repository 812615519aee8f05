import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { header, message } from '../helpers/lines.ts';
import { scratchFolder, treeState, writeTree } from '../helpers/scratch.ts';
import { keysOf, sessionsDir } from '../helpers/sessions-home.ts';

const store = `${sessionsDir}/sessions.json`;
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/; // eslint-disable-line no-control-regex -- these are what must not come through

const keys: Readonly<Record<string, string>> = {
  'escape codes': 'agent:main:\u001b]0;title\u0007\u001b[2J\u009b31m',
  'a change of direction': 'agent:main:\u202eabc\u2066\u061c',
  'other line ends and a byte-order mark': 'agent:main:\u2028a\u2029b\ufeffc',
  'an emoji of several': 'agent:main:👩‍👩‍👧‍👦',
  'half a character': 'agent:main:\ud800',
  'line ends': 'agent:main:a\r\nb\tc',
  '10,000 characters': `agent:main:${'x'.repeat(10_000)}`,
  'a property of objects': '__proto__',
  'a method of objects': 'constructor',
  'a way out': '../../../x',
  'an option': '-rf',
  'a number': '7',
  quotes: `agent:main:"'\\$(x)`,
};

/** A row under the key, and one beside it. */
function homeWith(key: string): { readonly home: string; readonly outside: readonly string[] } {
  const row = (sessionId: string): string => JSON.stringify({ sessionId, updatedAt: Date.now() - 1000 });
  const lines = [header, message('1', null, 'hello')].map((line) => `${JSON.stringify(line)}\n`).join('');
  const home = writeTree(scratchFolder(), {
    // As text: an object literal would take `__proto__` for what it is not.
    [store]: `{"agent:main:other": ${row('o')}, ${JSON.stringify(key)}: ${row('s')}}`,
    [`${sessionsDir}/s.jsonl`]: lines,
    [`${sessionsDir}/o.jsonl`]: lines,
    'above.txt': 'x',
  });
  return { home, outside: outsideOf(home) };
}

/** What lies beside the sessions folder. */
const outsideOf = (home: string): readonly string[] =>
  Object.entries(treeState(home))
    .filter(([name]) => !name.startsWith('.openclaw'))
    .map((each) => each.join(' '));

describe.each(Object.entries(keys))('a key with %s', (_name, key) => {
  it('is listed in full in JSON, and without control characters in text', async () => {
    const { home } = homeWith(key);
    const { stdout, exitCode } = await runCli(['list', '--json'], { home });
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/); // eslint-disable-line no-control-regex -- JSON escapes them
    const listed = JSON.parse(stdout).sessions.map((row: { key: string }) => row.key);
    expect(listed.sort()).toEqual([key, 'agent:main:other'].sort());
    const text = await runCli(['list', '--verbose'], { home });
    expect(`${text.stdout}${text.stderr}`).not.toMatch(control);
    expect(text.stdout.trimEnd().split('\n')).toHaveLength(5);
  });

  it('outlives a cleanup, which explains itself without control characters', async () => {
    const { home, outside } = homeWith(key);
    const explained = await runCli(['cleanup', '--dry-run', '--explain', '--store', store], { home });
    expect(explained.exitCode).toBe(0);
    expect(`${explained.stdout}${explained.stderr}`).not.toMatch(control);
    expect((await runCli(['cleanup', '--enforce', '--fix-missing', '--store', store], { home })).exitCode).toBe(0);
    expect([...keysOf(path.join(home, store))].sort()).toEqual([key, 'agent:main:other'].sort());
    expect(outsideOf(home)).toEqual(outside);
  });

  it('can be exported and deleted by name', async () => {
    // A process takes no half characters as arguments, and no line ends within a list.
    const isNamable = !/[\ud800-\udfff]/u.test(key);
    const name = isNamable ? key : 'agent:main:other';
    const { home, outside } = homeWith(key);
    const exported = await runCli(['export-trajectory', `--session-key=${name}`, '--output', 'x', '--json'], { home });
    expect(exported).toMatchObject({ exitCode: 0, stderr: '' });
    const deleted = await runCli(['delete', '--store', store, '--yes', '--json', '--', name], { home });
    expect(deleted).toMatchObject({ exitCode: 0, stderr: '' });
    expect(keysOf(path.join(home, store))).toEqual([isNamable ? 'agent:main:other' : key]);
    expect(outsideOf(home)).toEqual(outside);
  });
});

describe('what is nested too deeply', () => {
  const depth = 20_000;
  const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const home = (): string =>
    writeTree(scratchFolder(), {
      [store]: `{"agent:main:main": {"sessionId": "s", "updatedAt": ${Date.now()}, "x": ${deep}}, "agent:main:old": {"sessionId": "o", "updatedAt": 1}}`,
      [`${sessionsDir}/s.jsonl`]: `${JSON.stringify(header)}\n${JSON.stringify(message('1', null, 0)).replace('"content":0', `"content":${deep}`)}\n`,
    });

  it.each([
    ['list', '--json'],
    ['cleanup', '--dry-run', '--explain'],
    ['export-trajectory', '--session-key', 'agent:main:main'],
  ])('does not hinder %s %s', async (...args) => {
    expect(await runCli(args, { home: home() })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each([
    ['cleanup', '--enforce', '--store', store],
    ['delete', '--store', store, 'agent:main:old', '--yes'],
  ])('cannot be rewritten: %s refuses, and touches nothing', async (...args) => {
    const folder = home();
    const before = fs.readFileSync(path.join(folder, store), 'utf8');
    const { exitCode, stderr } = await runCli(args, { home: folder });
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`Session store cannot be rewritten: ${path.join(folder, store)}: an entry is nested too`);
    expect(stderr).not.toMatch(/bug|^\s+at /m);
    expect(fs.readFileSync(path.join(folder, store), 'utf8')).toBe(before);
    expect(fs.readdirSync(path.join(folder, sessionsDir)).sort()).toEqual(['s.jsonl', 'sessions.json']);
  });
});
