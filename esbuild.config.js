// Builds dist/: one small main and one chunk per command, reached by import() when the command is named.
// Dependencies are bundled (half the start-up cost of loading them from node_modules, docs/performance.md),
// so their licences travel along in dist/LICENSES.txt.
import { build } from 'esbuild';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';

const outdir = 'dist';
await rm(outdir, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['src/main.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.16',
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  legalComments: 'none',
  plugins: [lightBuiltins(), oneChunkForList()],
  logLevel: 'warning',
});
await writeFile(path.join(outdir, 'LICENSES.txt'), await licencesOf(Object.keys(metafile.inputs)));

/**
 * Takes the modules of Node.js that every start needs by `process.getBuiltinModule` instead of `import`. The import form
 * reads every property of a built-in module, and some of those load further modules: node:fs brings streams and promises,
 * node:process and node:util cost half a bare start of Node.js.
 *
 * @returns {import('esbuild').Plugin}
 */
function lightBuiltins() {
  /** What is imported by name from each; the build fails when one is missing here. */
  const atStart = new Map([
    ['node:events', ['EventEmitter']],
    ['node:fs', ['constants', 'existsSync', 'readFileSync', 'realpathSync', 'statSync']],
    ['node:os', []],
    ['node:path', []],
    ['node:process', []],
    ['node:util', ['stripVTControlCharacters']],
  ]);
  return {
    name: 'light-builtins',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path: name, kind, importer }) => {
        if (!isBuiltin(name)) return undefined;
        if (kind === 'require-call') return { path: name, namespace: 'required-builtin' };
        const isCommander = importer.includes('node_modules/commander/');
        // Commander needs it for commands that are programs of their own, and we have none.
        if (isCommander && name === 'node:child_process') return { path: name, namespace: 'nothing' };
        const isOurs = !importer.includes('node_modules/');
        return (isCommander || isOurs) && atStart.has(name) ? { path: name, namespace: 'imported-builtin' } : undefined;
      });
      build.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'export default {};' }));
      build.onLoad({ filter: /./, namespace: 'required-builtin' }, ({ path: name }) => ({
        contents: `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`,
      }));
      build.onLoad({ filter: /./, namespace: 'imported-builtin' }, ({ path: name }) => ({
        contents: `const builtin = process.getBuiltinModule(${JSON.stringify(name)});
          export default builtin;
          export const { ${atStart.get(name)?.join(', ') ?? ''} } = builtin;`,
      }));
    },
  };
}

/**
 * Keeps what `list` needs in one file. Modules share a chunk when the same entry points reach them, and everything loaded
 * by `import()` is one: left alone, they would cut the way of the most used command into thirty small files, of which
 * each costs a hundredth of a start. So each of them is said to need `list` too.
 *
 * @returns {import('esbuild').Plugin}
 */
function oneChunkForList() {
  const main = path.resolve('src/main.ts');
  const list = path.resolve('src/commands/list.ts');
  return {
    name: 'one-chunk-for-list',
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path: name, kind, resolveDir }) =>
        kind === 'dynamic-import' ? { path: path.resolve(resolveDir, name), namespace: 'on-demand' } : undefined,
      );
      build.onLoad({ filter: /./, namespace: 'on-demand' }, ({ path: file }) => ({
        contents: `import ${JSON.stringify(main)}; import ${JSON.stringify(list)}; export * from ${JSON.stringify(file)};`,
        resolveDir: path.dirname(file),
      }));
    },
  };
}

/** The licence texts of every package that went into the bundle, one after another. */
async function licencesOf(/** @type {string[]} */ inputs) {
  const roots = new Set(
    inputs.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter((root) => root !== undefined),
  );
  const texts = [];
  for (const root of [...roots].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    const file = (await readdir(root)).find((entry) => /^licen[cs]e/i.test(entry));
    texts.push(
      `${name} ${version} (${license})\n\n${file === undefined ? '' : await readFile(path.join(root, file), 'utf8')}`,
    );
  }
  return texts.join(`\n${'-'.repeat(78)}\n\n`);
}
