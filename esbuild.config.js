// Builds dist/: one small main and one chunk per command, reached by import() when the command is named.
// Dependencies are bundled (half the start-up cost of loading them from node_modules, docs/performance.md),
// so their licences travel along in dist/LICENSES.txt.
import { build } from 'esbuild';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
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
  plugins: [lightCommander()],
  // Some CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await writeFile(path.join(outdir, 'LICENSES.txt'), await licencesOf(Object.keys(metafile.inputs)));

/**
 * Gives commander Node's modules by `process.getBuiltinModule` instead of `import`: the import form reads every property of
 * a built-in module, and with node:process and node:util that alone costs half a bare start of Node.js. For
 * node:child_process it gets nothing: that is for commands that are programs of their own, and we have none.
 *
 * @returns {import('esbuild').Plugin}
 */
function lightCommander() {
  return {
    name: 'light-commander',
    setup(build) {
      build.onResolve({ filter: /^node:/ }, ({ path: name, importer }) =>
        importer.includes('node_modules/commander/') ? { path: name, namespace: 'builtin' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: name }) => ({
        contents:
          name === 'node:child_process'
            ? 'module.exports = {};'
            : `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`,
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
