import { execa } from 'execa';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The OpenClaw release to test against. */
export const release = process.env['SESSIONS_LIVE_RELEASE'] ?? '2026.5.12';

/**
 * The entry script of that release: in SESSIONS_LIVE_OPENCLAW (a folder with `node_modules/openclaw`) when given, else
 * in a cache folder, installed there on the first run, without install scripts.
 */
export async function installOpenclaw(): Promise<string> {
  const folder = process.env['SESSIONS_LIVE_OPENCLAW'] ?? path.join(cacheFolder(), `openclaw-${release}`);
  const root = path.join(folder, 'node_modules', 'openclaw');
  if (installedVersion(root) !== release) {
    if (process.env['SESSIONS_LIVE_OPENCLAW'] !== undefined) throw new Error(`${root} is not OpenClaw ${release}`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
    await execa('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `openclaw@${release}`], {
      cwd: folder,
    });
  }
  return path.join(root, 'openclaw.mjs');
}

function cacheFolder(): string {
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

export interface RunningGateway {
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** SIGTERM, and SIGKILL when that takes longer than half a minute. */
  stop(): Promise<void>;
}

/** Settings that keep a Gateway quiet, fast to start and one process. */
export const quiet: Readonly<Record<string, string>> = {
  OPENCLAW_SKIP_CHANNELS: '1',
  OPENCLAW_NO_RESPAWN: '1',
  OPENCLAW_DISABLE_BUNDLED_PLUGINS: '1',
  OPENCLAW_DISABLE_BONJOUR: '1',
  OPENCLAW_SKIP_STARTUP_MODEL_PREWARM: '1',
};

/** Starts a Gateway with a clean environment and waits until it says it is ready. */
export async function startGateway(entry: string, home: string, port: number): Promise<RunningGateway> {
  const log = fs.openSync(path.join(home, 'gateway.out'), 'a');
  const child = spawn(process.execPath, [entry, 'gateway', 'run'], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, TERM: 'xterm', ...quiet },
    stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  // Should the test run end without its afterAll.
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  await untilReady(child, port, home);
  return {
    pid: child.pid!,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function untilReady(child: ChildProcess, port: number, home: string): Promise<void> {
  const deadlineMs = Date.now() + 120_000;
  for (;;) {
    if (await isReady(port)) return;
    if (child.exitCode !== null || Date.now() > deadlineMs) {
      child.kill('SIGKILL');
      throw new Error(`the Gateway did not get ready:\n${fs.readFileSync(path.join(home, 'gateway.out'), 'utf8')}`);
    }
    await sleep(200);
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'ready' in body && body.ready === true;
  } catch {
    return false;
  }
}
