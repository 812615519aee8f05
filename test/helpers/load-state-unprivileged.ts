// Loads the state of a home as a user without special rights (root may read everything) and prints what came of it.
// Modules are loaded before the rights are dropped: the project may lie where nobody else may look.
import { loadState } from '../../src/config/state.ts';
import { testWorld } from './world.ts';

const home = process.argv[2] ?? '';
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
try {
  console.log((await loadState(testWorld({ env: { HOME: home }, cwd: home }), {})).configPath);
} catch (error) {
  const { code, message, hint } = error as { code: string; message: string; hint: string };
  console.log(`${code}\n${message}\n${hint}`);
}
