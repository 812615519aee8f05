// Loaded into a program under test (node --import): counts its synchronous calls of the file system that are about
// paths below COUNT_BELOW, and writes them to COUNT_FILE as JSON when it ends.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { COUNT_BELOW: below = '', COUNT_FILE: file = '' } = process.env;
const calls = /** @type {Record<string, any>} */ (/** @type {unknown} */ (fs));
const { writeFileSync } = fs;
/** @type {Record<string, number>} */
const counts = {};

/** @type {(name: string, call: any) => any} */
function counted(name, call) {
  return (/** @type {any[]} */ ...args) => {
    if (String(args[0]).startsWith(below)) counts[name] = (counts[name] ?? 0) + 1;
    return call(...args);
  };
}
for (const name of ['readdirSync', 'statSync', 'lstatSync', 'openSync', 'readFileSync', 'renameSync', 'unlinkSync']) {
  calls[name] = counted(name, calls[name]);
}
const realpathSync = counted('realpathSync', calls['realpathSync']);
realpathSync.native = counted('realpathSync', fs.realpathSync.native);
calls['realpathSync'] = realpathSync;
syncBuiltinESMExports();
process.on('exit', () => {
  writeFileSync(file, JSON.stringify(counts));
});
