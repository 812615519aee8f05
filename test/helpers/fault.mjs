// Loaded into a program under test (node --import): counts its calls of the file system that concern files below a
// folder, whether synchronous, with a callback, a promise or a file handle, and makes the chosen one fail, or kills the
// process there. Environment:
//   FAULT_BELOW   the folder; its real path
//   FAULT_AT      which call: its operation and place in the program, as in the log, and
//   FAULT_ROUND   the how manyeth it is of these, from 1; without them calls are only counted
//   FAULT_KIND    kill: SIGKILL instead of the call; torn: in the middle of a write; or an error code such as ENOSPC
//   FAULT_LASTS   1: every later call fails too that the same trouble would hit: a full disk takes nothing, a broken one no change
//   FAULT_LOG     receives a line per call: r (reads), c (changes) or a (changes, needs room), operation and place,
//                 path; and a line `fault` where it struck
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const {
  FAULT_BELOW: below = '',
  FAULT_AT,
  FAULT_ROUND,
  FAULT_KIND: kind = 'kill',
  FAULT_LASTS,
  FAULT_LOG,
} = process.env;

/** @typedef {'r' | 'c' | 'a'} Effect */
/** @typedef {(...args: any[]) => any} Call */

/** Every call that names a file, or takes a descriptor as its first argument. */
const effects = /** @type {Readonly<Record<string, Effect>>} */ ({
  ...of('r', 'access', 'exists', 'fstat', 'lstat', 'open', 'opendir', 'read', 'readFile', 'readdir', 'readlink'),
  ...of('r', 'readv', 'realpath', 'stat'),
  ...of('c', 'chmod', 'chown', 'fchmod', 'fchown', 'futimes', 'lchown', 'lutimes', 'rm', 'rmdir', 'truncate'),
  ...of('c', 'ftruncate', 'unlink', 'utimes'),
  ...of('a', 'appendFile', 'copyFile', 'cp', 'fdatasync', 'fsync', 'link', 'mkdir', 'mkdtemp', 'rename', 'symlink'),
  ...of('a', 'write', 'writeFile', 'writev'),
});
/** Methods of file handles, and the calls they are like. */
/** @type {Readonly<Record<string, string | undefined>>} */
const handleCalls = { chmod: 'fchmod', datasync: 'fdatasync', stat: 'fstat', sync: 'fsync', truncate: 'ftruncate' };
const handleMethods = [...Object.keys(handleCalls), 'appendFile', 'read', 'readFile', 'write', 'writeFile', 'writev'];

const original = { ...fs };
const log = FAULT_LOG === undefined ? undefined : fs.openSync(FAULT_LOG, 'a');
/** Descriptors and file handles of files below the folder. */
const descriptors = new Set();
const handles = new WeakSet();
/** @type {Map<string, number>} */
const counts = new Map();
let hasStruck = false;
/** Calls that Node makes itself within one of ours are not counted. */
let isInside = false;

/** @type {(effect: Effect, ...names: string[]) => Record<string, Effect>} */
function of(effect, ...names) {
  return Object.fromEntries(names.map((name) => [name, effect]));
}

/** @type {(target: unknown) => boolean} */
function isWatched(target) {
  if (typeof target === 'number') return descriptors.has(target);
  // Node loads modules by URL.
  if (target instanceof URL) return isWatched(fileURLToPath(target));
  if (typeof target !== 'string') return typeof target === 'object' && target !== null && handles.has(target);
  const file = path.resolve(target);
  return file === below || file.startsWith(`${below}${path.sep}`);
}

/** @type {(name: string, args: any[]) => Effect} */
function effectOf(name, args) {
  if (name !== 'open') return effects[name] ?? 'r';
  const flags = typeof args[1] === 'number' ? args[1] : 0;
  return /[wa]/.test(String(args[1])) || (flags & fs.constants.O_CREAT) !== 0 ? 'a' : 'r';
}

/** Where the program makes the call: the innermost functions of its own, with line and column in the built files. */
function placeInProgram() {
  Error.stackTraceLimit = 40;
  const own = (new Error().stack ?? '').split('\n').filter((line) => line.includes('/dist/'));
  return own
    .slice(0, 3)
    .map((line) => /at (?:async )?([^ ]*) .*?(:\d+:\d+)/.exec(line)?.slice(1).join('') ?? '')
    .join(' < ');
}

/**
 * Notes a call.
 * @type {(name: string, args: any[]) => boolean} whether it fails
 */
function strikes(name, args) {
  const effect = effectOf(name, args);
  const call = `${name} ${placeInProgram()}`;
  const round = (counts.get(call) ?? 0) + 1;
  counts.set(call, round);
  if (log !== undefined) {
    original.writeSync(log, `${[effect, call, JSON.stringify(String(args[0]))].join('\t')}\n`);
  }
  if (call === FAULT_AT && round === Number(FAULT_ROUND)) {
    hasStruck = true;
    if (log !== undefined) original.writeSync(log, 'fault\n');
    return true;
  }
  return hasStruck && FAULT_LASTS === '1' && (kind === 'ENOSPC' ? effect === 'a' : effect !== 'r');
}

/** @type {(name: string, args: any[]) => NodeJS.ErrnoException} */
function fault(name, args) {
  if (kind !== 'kill' && !name.startsWith('write')) return failure(name, args);
  if (kind !== 'kill') writeHalf(name, args);
  if (kind === 'kill' || kind === 'torn') process.kill(process.pid, 'SIGKILL');
  return failure(name, args);
}

/** As a full or failing disk does. */
/** @type {(name: string, args: any[]) => void} */
function writeHalf(name, [target, data]) {
  const half = typeof data === 'string' || Buffer.isBuffer(data) ? data.slice(0, data.length / 2) : '';
  const fd = typeof target === 'object' ? target.fd : target;
  if (name === 'writeFile') original.writeFileSync(fd, half);
  else if (name === 'write') original.writeSync(fd, Buffer.from(half));
}

/** @type {(name: string, args: any[]) => NodeJS.ErrnoException} */
function failure(name, [target]) {
  const what = typeof target === 'string' ? ` '${target}'` : '';
  return Object.assign(new Error(`${kind}: made to fail, ${name}${what}`), { code: kind, syscall: name });
}

for (const name of Object.keys(effects)) {
  wrapSync(name);
  if (name !== 'exists') wrapCallback(name);
  wrapPromise(name);
}
fs.closeSync = (fd) => {
  descriptors.delete(fd);
  original.closeSync(fd);
};
syncBuiltinESMExports();

/** @type {(name: string) => void} */
function wrapSync(name) {
  const calls = /** @type {Record<string, Call>} */ (/** @type {unknown} */ (fs));
  const call = calls[`${name}Sync`];
  if (call === undefined) return;
  const wrapped = /** @type {any} */ (syncCall(name, call));
  if (name === 'realpath') wrapped.native = syncCall(name, /** @type {any} */ (call).native);
  calls[`${name}Sync`] = wrapped;
}

/** @type {(name: string, call: Call) => Call} */
function syncCall(name, call) {
  return (...args) => {
    if (isInside || !isWatched(args[0])) return call(...args);
    if (strikes(name, args)) {
      const error = fault(name, args);
      if (name === 'exists') return false;
      throw error;
    }
    isInside = true;
    try {
      const result = call(...args);
      if (name === 'open') descriptors.add(result);
      return result;
    } finally {
      isInside = false;
    }
  };
}

/** @type {(name: string) => void} */
function wrapCallback(name) {
  const calls = /** @type {Record<string, Call>} */ (/** @type {unknown} */ (fs));
  const call = calls[name];
  if (call === undefined) return;
  calls[name] = (...args) => {
    const done = args.at(-1);
    if (isInside || !isWatched(args[0]) || typeof done !== 'function') return call(...args);
    if (strikes(name, args)) {
      const error = fault(name, args);
      process.nextTick(() => done(error));
      return undefined;
    }
    if (name !== 'open') return call(...args);
    return call(...args.slice(0, -1), (/** @type {unknown} */ error, /** @type {number} */ fd) => {
      if (error === null) descriptors.add(fd);
      done(error, fd);
    });
  };
}

/** @type {(name: string) => void} */
function wrapPromise(name) {
  const calls = /** @type {Record<string, Call>} */ (/** @type {unknown} */ (fs.promises));
  const call = calls[name];
  if (call === undefined) return;
  calls[name] = async (...args) => {
    if (isInside || !isWatched(args[0])) return call(...args);
    if (strikes(name, args)) throw fault(name, args);
    const result = await call(...args);
    if (name === 'open') watchHandle(result);
    return result;
  };
}

/** @type {(handle: any) => void} */
function watchHandle(handle) {
  handles.add(handle);
  const methods = Object.getPrototypeOf(handle);
  if (methods.isWatching === true) return;
  Object.defineProperty(methods, 'isWatching', { value: true });
  for (const method of handleMethods) {
    const call = methods[method];
    const name = handleCalls[method] ?? method;
    methods[method] = function (/** @type {any[]} */ ...args) {
      if (handles.has(this) && strikes(name, [this, ...args])) return Promise.reject(fault(name, [this, ...args]));
      return call.apply(this, args);
    };
  }
}
