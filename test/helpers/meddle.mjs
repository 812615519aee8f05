// Loaded into a program under test (node --import): another program that writes the store at the worst moment.
//   MEDDLE_STORE  the store
//   MEDDLE_WHEN   before: between reading the store and replacing it; after: once it was replaced
//   MEDDLE_TIMES  how often at most
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { MEDDLE_STORE: store = '', MEDDLE_WHEN: when, MEDDLE_TIMES: times = '1' } = process.env;
const { statSync, renameSync, readFileSync, writeFileSync } = fs;
let left = Number(times);

function meddle() {
  if (left-- <= 0) return;
  const rows = JSON.parse(readFileSync(store, 'utf8'));
  rows[`agent:main:meddled-${left}`] = { sessionId: `m${left}`, updatedAt: Date.now() };
  writeFileSync(`${store}.meddle`, JSON.stringify(rows, null, 2));
  renameSync(`${store}.meddle`, store);
}

const calls = /** @type {Record<string, (...args: any[]) => unknown>} */ (/** @type {unknown} */ (fs));
if (when === 'before') {
  // The look-up that the program makes directly before its last look at the store.
  calls['statSync'] = (path, options) => {
    if (String(path).endsWith('.none')) meddle();
    return statSync(path, options);
  };
} else {
  calls['renameSync'] = (from, to) => {
    renameSync(from, to);
    if (to === store) meddle();
  };
}
syncBuiltinESMExports();
