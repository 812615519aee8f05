import fs from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { bin, type CliRun } from './cli.ts';

/**
 * Runs the built program as a user without rights to what root has made; root itself may read and write everything.
 *
 * @param dir a folder below `home` that everybody may look into afterwards, and into those above it
 */
export async function runAsNobody(
  args: readonly string[],
  { home, dir }: { readonly home: string; readonly dir: string },
): Promise<CliRun> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (let up = dir; up.startsWith(home); up = path.dirname(up)) fs.chmodSync(up, 0o755);
  const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  const { stdout, stderr, exitCode } = await execa(process.execPath, [bin, ...args], {
    cwd: '/',
    env: { HOME: home, TERM: 'xterm' },
    extendEnv: false,
    reject: false,
    ...user,
  });
  return { stdout, stderr, exitCode };
}
