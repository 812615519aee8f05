import fs from 'node:fs';
import path from 'node:path';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/export-trajectory');

/** Files of a folder by name, as text. */
export type Files = Readonly<Record<string, string>>;

/** Puts the state of a fixture into a home; the paths in its files are those of the recording, `/home/user`. */
export function installState(name: string, home: string): void {
  const from = path.join(fixtures, name, 'home');
  for (const file of fs.readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const source = path.join(file.parentPath, file.name);
    const target = path.join(home, path.relative(from, source));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, fs.readFileSync(source, 'utf8').replaceAll('/home/user', home));
  }
}

/** What the real program, 2026.5.12, gave for it. */
export function recordedFile(name: string, file: string): string {
  return fs.readFileSync(path.join(fixtures, name, 'expected', file), 'utf8');
}

export function recordedBundle(name: string, bundle: string): Files {
  return readBundle(path.join(fixtures, name, 'expected', bundle));
}

/** A bundle with the time of the export taken out. */
export function readBundle(dir: string): Files {
  return Object.fromEntries(
    fs
      .readdirSync(dir)
      .sort()
      .map((name) => [name, withoutTime(fs.readFileSync(path.join(dir, name), 'utf8'))]),
  );
}

const withoutTime = (text: string): string => text.replace(/("generatedAt": ")[^"]*/, '$1(time)');
