// Lists a database, or chooses the store of a JSON path, as a user without special rights (root may read everything), and
// prints what came of it. Modules are loaded before the rights are dropped: the project may lie where nobody else may look.
// Run as: node read-database-unprivileged.ts <list|choose|clean> <file>
import { chooseStore } from '../../src/stores/choose.ts';
import { createSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts';
import { requireJsonStores } from '../../src/stores/writable.ts';

const [, , what, file = ''] = process.argv;
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
try {
  const target = { agentId: 'main', path: file };
  if (what === 'list') {
    const { total } = await createSqliteStore(file).list({ limit: null });
    console.log(`${total} rows`);
  } else if (what === 'choose') {
    const { kind, reason } = await chooseStore(target, '/nowhere');
    console.log(`${kind} ${reason.how === 'found' ? reason.findings.join() : ''}`);
  } else {
    await requireJsonStores([target], '/nowhere', 'change');
    console.log('may be changed');
  }
} catch (error) {
  const { code, exitCode, message } = error as { code: string; exitCode: number; message: string };
  console.log(`${code} ${exitCode} ${message}`);
}
