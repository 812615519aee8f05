// Loaded into a program under test (node --import): counts the calls that change the disk, and at the chosen one ends
// the process as SIGKILL does, or makes the call fail. Environment:
//   FAULT_AT    number of the call, from 1; 0 only counts
//   FAULT_MODE  before: killed instead of the call; torn: killed in the middle of a write; or an error code such as ENOSPC
//   FAULT_LOG   file that receives one line per call
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { FAULT_AT = '0', FAULT_MODE = 'before', FAULT_LOG } = process.env;
const at = Number(FAULT_AT);
const log = FAULT_LOG === undefined ? undefined : fs.openSync(FAULT_LOG, 'a');
const { writeSync, writeFileSync } = fs;
const changing = [
  'writeFileSync',
  'writeSync',
  'fsyncSync',
  'renameSync',
  'unlinkSync',
  'rmSync',
  'rmdirSync',
  'mkdirSync',
  'ftruncateSync',
  'fchmodSync',
  'fchownSync',
  'utimesSync',
];
const calls = /** @type {Record<string, (...args: any[]) => unknown>} */ (/** @type {unknown} */ (fs));
let count = 0;

for (const name of changing) {
  const call = calls[name];
  if (call === undefined) throw new Error(`no ${name}`);
  calls[name] = (...args) => {
    count++;
    if (log !== undefined) writeSync(log, `${name} ${typeof args[0] === 'string' ? args[0] : ''}\n`);
    if (count === at) fail(name, args);
    return call(...args);
  };
}
syncBuiltinESMExports();

/** @type {(name: string, args: any[]) => void} */
function fail(name, args) {
  if (FAULT_MODE === 'before' || FAULT_MODE === 'torn') {
    if (FAULT_MODE === 'torn' && name === 'writeFileSync') writeFileSync(args[0], args[1].slice(0, args[1].length / 2));
    process.kill(process.pid, 'SIGKILL');
  }
  throw Object.assign(new Error(`${FAULT_MODE}: made to fail, ${name}`), { code: FAULT_MODE, syscall: name });
}
