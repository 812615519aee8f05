import fs from 'node:fs';
import path from 'node:path';
import { type CliOptions, type CliRun, runCli } from './cli.ts';
import { scratchFolder } from './scratch.ts';

/**
 * A worked case: `home/` (copied to a scratch HOME that is also the working directory), `cmd` (arguments, double quotes
 * group words), optional `env`, and the expected `stdout`, `stderr`, `exit`.
 *
 * In stores `"@now-300000"` stands for the number of that time; in expected output it marks the same number, `<ageMs>`
 * any age, and `$HOME` the scratch home.
 *
 * @param run the built program, or the same without a process of its own
 */
export async function runWorkedCase(
  folder: string,
  run: (args: readonly string[], options: CliOptions) => Promise<CliRun> = runCli,
): Promise<{ readonly got: CliRun; readonly expected: CliRun }> {
  const home = scratchFolder();
  const template = path.join(folder, 'home');
  if (fs.existsSync(template)) fs.cpSync(template, home, { recursive: true, verbatimSymlinks: true });
  fs.rmSync(path.join(home, '.keep'), { force: true });
  const stamps = stampTimes(home);
  const read = (name: string): string => fs.readFileSync(path.join(folder, name), 'utf8');
  const env = fs.existsSync(path.join(folder, 'env')) ? readEnv(read('env').replaceAll('$HOME', home)) : {};
  const ran = await run(words(read('cmd').replaceAll('$HOME', home)), { home, env });
  const mask = (text: string): string =>
    text
      .replaceAll(home, '$HOME')
      .replace(/"ageMs": -?\d+(\.\d+)?/g, '"ageMs": "<ageMs>"')
      .replace(/"updatedAt": (\d+)/g, (all, time: string) =>
        stamps.has(time) ? `"updatedAt": "@now${stamps.get(time) ?? ''}"` : all,
      );
  return {
    got: { ...ran, stdout: mask(ran.stdout), stderr: mask(ran.stderr) },
    expected: { stdout: read('stdout'), stderr: read('stderr'), exitCode: Number(read('exit')) },
  };
}

/** Puts times relative to now into every file; returns the numbers put in, with their offsets as written. */
function stampTimes(home: string): ReadonlyMap<string, string> {
  const now = Date.now();
  const stamps = new Map<string, string>();
  for (const name of fs.readdirSync(home, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(home, name);
    if (!fs.lstatSync(file).isFile()) continue;
    const text = fs.readFileSync(file, 'utf8');
    if (!text.includes('"@now')) continue;
    const stamped = text.replace(/"@now([+-]\d+)"/g, (_all, offset: string) => {
      const time = String(now + Number(offset));
      stamps.set(time, offset);
      return time;
    });
    fs.writeFileSync(file, stamped);
  }
  return stamps;
}

function readEnv(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function words(line: string): string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
}
