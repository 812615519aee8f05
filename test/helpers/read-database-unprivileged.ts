// Lists a database as a user without special rights (root may read everything) and prints what came of it.
// Modules are loaded before the rights are dropped: the project may lie where nobody else may look.
import { createSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts';

if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
try {
  const { total } = await createSqliteStore(process.argv[2] ?? '').list({ limit: null });
  console.log(`${total} rows`);
} catch (error) {
  const { code, exitCode, message } = error as { code: string; exitCode: number; message: string };
  console.log(`${code} ${exitCode} ${message}`);
}
