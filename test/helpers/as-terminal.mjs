// Loaded into a program under test (node --import): its stdout and stderr say that they are a terminal, of TERMINAL_COLUMNS
// cells, while what is written can be read from the pipes that they are. With TERMINAL_STDIN its stdin says so too.
import fs from 'node:fs';
import tty from 'node:tty';

const columns = Number(process.env['TERMINAL_COLUMNS'] ?? 80);
for (const stream of [process.stdout, process.stderr]) {
  const { prototype } = tty.WriteStream;
  for (const name of ['clearLine', 'clearScreenDown', 'cursorTo', 'getColorDepth', 'hasColors', 'moveCursor']) {
    Object.defineProperty(stream, name, { value: prototype[/** @type {'cursorTo'} */ (name)] });
  }
  Object.assign(stream, { isTTY: true, columns, rows: 24 });
}
if (process.env['TERMINAL_STDIN'] !== undefined) Object.assign(process.stdin, { isTTY: true });

const { fstatSync } = fs;
/** @type {(fd: number) => fs.Stats} */
const statOf = (fd) => (fd === 1 || fd === 2 ? fs.statSync('/dev/null') : fstatSync(fd));
Object.assign(fs, { fstatSync: statOf });
