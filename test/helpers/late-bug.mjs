// Loaded into a program under test (node --import): what reads a file called keys.txt waits for ever, and meanwhile
// something fails where nothing catches it: LATE_BUG is `throw` or `reject`.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout } from 'node:timers';

const { readFile } = fs;
/** @type {any} */ (fs).readFile = (/** @type {any} */ file, /** @type {any} */ options) => {
  if (!String(file).endsWith('keys.txt')) return readFile(file, options);
  setTimeout(() => {
    const bug = new Error('late \u001b[31m bug');
    if (process.env['LATE_BUG'] === 'throw') throw bug;
    void Promise.reject(bug);
  });
  return new Promise(() => undefined);
};
syncBuiltinESMExports();
