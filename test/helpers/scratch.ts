import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A new empty folder, its real path, removed when the test has ended. */
export function scratchFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sessions-test-')));
  onTestFinished(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/**
 * Writes files below a folder; objects become 2-space JSON as OpenClaw writes it, and a name that ends in a slash is an
 * empty folder. Returns the folder.
 */
export function writeTree(folder: string, files: Readonly<Record<string, unknown>>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (name.endsWith('/')) continue;
    fs.writeFileSync(
      file,
      typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content, null, 2),
    );
  }
  return folder;
}

/** Every file, folder and link below a folder with content, mode and modification time: equal when nothing was touched. */
export function treeState(folder: string): Readonly<Record<string, string>> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(names.map((name) => [name, fileState(path.join(folder, name))]));
}

function fileState(file: string): string {
  const stat = fs.lstatSync(file);
  const facts = `${stat.mode.toString(8)} ${stat.mtimeMs}`;
  if (stat.isSymbolicLink()) return `${facts} -> ${fs.readlinkSync(file)}`;
  return stat.isFile() ? `${facts} ${createHash('sha256').update(fs.readFileSync(file)).digest('hex')}` : facts;
}
