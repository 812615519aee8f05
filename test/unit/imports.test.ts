import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const src = path.resolve(import.meta.dirname, '../../src');

/** Which parts of src a part may import, and why not more. Types count: a type ties two files together as well. */
const rules: readonly { readonly from: string; readonly to: readonly string[]; readonly because: string }[] = [
  { from: 'core', to: ['core', 'errors'], because: 'deciding is pure: disk, network, clock and process stay outside' },
  { from: 'errors', to: [], because: 'everyone throws its errors' },
  { from: 'world', to: [], because: 'it is the edge to the process' },
  { from: 'program', to: ['core', 'errors'], because: 'it describes the command line and runs nothing' },
  { from: 'parse-command', to: ['errors', 'program'], because: 'it reads the command line and runs nothing' },
  { from: 'files', to: ['core', 'errors', 'world'], because: 'disk access knows no stores' },
  { from: 'config', to: ['core', 'errors', 'files', 'world'], because: 'state and config come before stores' },
  {
    from: 'scope',
    to: ['config', 'core', 'errors', 'files', 'program', 'stores'],
    because: 'it names stores and opens none',
  },
  {
    from: 'stores',
    to: ['core', 'errors', 'files', 'gateway', 'world'],
    because: 'a store knows neither options nor output',
  },
  {
    from: 'gateway',
    to: ['config', 'core', 'errors', 'files', 'world'],
    because: 'a client knows neither options nor output',
  },
  {
    from: 'render',
    to: ['core', 'errors', 'program', 'stores', 'world'],
    because: 'renderers know reports; of stores only which was chosen',
  },
  {
    from: 'options',
    to: ['config', 'core', 'errors', 'gateway', 'program', 'world'],
    because: 'option values are checked before a store opens',
  },
];

describe('imports point one way', () => {
  it.each(rules)('$from imports only $to: $because', ({ from, to }) => {
    const allowed = new Set([from, ...to]);
    const strangers = importsOf(from).filter(({ target }) => !allowed.has(target));
    expect(strangers).toEqual([]);
  });

  it('nothing imports commands or main but main itself', () => {
    const importers = fs
      .readdirSync(src)
      .flatMap((name) => importsOf(name.replace(/\.ts$/, '')))
      .filter(({ target, file }) => ['commands', 'main'].includes(target) && !/^(main\.ts|commands\/)/.test(file));
    expect(importers).toEqual([]);
  });
});

/** Every import between parts of src that begins in one of them. */
function importsOf(part: string): { readonly file: string; readonly target: string }[] {
  return filesOf(part).flatMap((file) => {
    const text = fs.readFileSync(path.join(src, file), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)];
    return imports
      .map(([, target = '']) => path.relative(src, path.resolve(src, path.dirname(file), target)))
      .filter((target) => !target.startsWith('..'))
      .map((target) => ({ file, target: (target.split(path.sep)[0] ?? '').replace(/\.ts$/, '') }));
  });
}

function filesOf(part: string): readonly string[] {
  if (fs.existsSync(path.join(src, `${part}.ts`))) return [`${part}.ts`];
  return fs
    .readdirSync(path.join(src, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(part, name));
}
