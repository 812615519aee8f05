import { execa } from 'execa';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * The entry script of an OpenClaw release: in a folder with `node_modules/openclaw` when one is given, else in a cache
 * folder, installed there on the first run, without install scripts.
 */
export async function installOpenclaw(release: string, installed?: string): Promise<string> {
  const folder = installed ?? path.join(cacheFolder(), `openclaw-${release}`);
  const root = path.join(folder, 'node_modules', 'openclaw');
  if (installedVersion(root) !== release) {
    if (installed !== undefined) throw new Error(`${root} is not OpenClaw ${release}`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
    await execa('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `openclaw@${release}`], {
      cwd: folder,
    });
  }
  return path.join(root, 'openclaw.mjs');
}

/** Where installed releases are kept: SESSIONS_LIVE_CACHE, else in the user's cache folder. */
export function cacheFolder(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), '.cache');
  return process.env['SESSIONS_LIVE_CACHE'] ?? path.join(base, 'openclaw-sessions', 'live');
}

function installedVersion(root: string): string | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}
