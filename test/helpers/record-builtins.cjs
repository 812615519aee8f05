// Preloaded (node -r): writes the modules of Node.js that the program has loaded to descriptor 3 at its end, its own
// internal ones left out.
const fs = require('node:fs');
process.on('exit', () => {
  const { moduleLoadList } = /** @type {{ moduleLoadList: string[] }} */ (/** @type {unknown} */ (process));
  const loaded = moduleLoadList
    .filter((name) => name.startsWith('NativeModule ') && !name.startsWith('NativeModule internal/'))
    .map((name) => name.replace('NativeModule ', 'node:'));
  fs.writeSync(3, JSON.stringify(loaded));
});
