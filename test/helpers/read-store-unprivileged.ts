// Reads a store as a user without special rights (root may read everything) and prints what came of it.
// Modules are loaded before the rights are dropped: the project may lie where nobody else may look.
import { readJsonStore } from '../../src/stores/json/read.ts';

if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
try {
  console.log(readJsonStore(process.argv[2] ?? '').state);
} catch (error) {
  const { code, message } = error as { code: string; message: string };
  console.log(`${code} ${message}`);
}
