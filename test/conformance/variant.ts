import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { ours, type Program } from './programs.ts';

/** One change to the source: the text must stand in the file exactly once. */
export interface Replacement {
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Builds our program from a changed source into a folder of its own: without some of its deviations, or broken on
 * purpose.
 *
 * @throws when a replacement no longer fits the source
 */
export async function buildVariant(
  name: string,
  replacements: readonly Replacement[],
  folder: string,
): Promise<Program> {
  const changed = changedSources(replacements);
  await build({
    entryPoints: [path.join(root, 'src/main.ts')],
    outdir: path.join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.16',
    // Packages are loaded from where they are: a build takes a tenth of the time.
    packages: 'external',
    logLevel: 'warning',
    plugins: [
      {
        name: 'changed-sources',
        setup(plugin) {
          plugin.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path: file }) => {
            const contents = changed.get(file);
            return contents === undefined ? undefined : { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  const script = path.join(folder, 'bin/sessions.js');
  fs.mkdirSync(path.dirname(script), { recursive: true });
  fs.copyFileSync(ours.script, script);
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return { name, script, lead: [] };
}

/** The text of every file that the replacements change, by its path. */
export function changedSources(replacements: readonly Replacement[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { file, find, put } of replacements) {
    const source = path.join(root, 'src', file);
    const text = texts.get(source) ?? fs.readFileSync(source, 'utf8');
    const at = text.indexOf(find);
    if (at === -1 || text.includes(find, at + 1)) {
      throw new Error(`src/${file} does not hold this text exactly once:\n${find}`);
    }
    texts.set(source, text.slice(0, at) + put + text.slice(at + find.length));
  }
  return texts;
}
