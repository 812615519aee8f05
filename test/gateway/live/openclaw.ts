import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installOpenclaw } from '../../helpers/openclaw.ts';

/** The OpenClaw release to test against. */
export const release = process.env['SESSIONS_LIVE_RELEASE'] ?? '2026.5.12';

/** The entry script of that release; SESSIONS_LIVE_OPENCLAW names a folder in which it is installed already. */
export function installRelease(): Promise<string> {
  return installOpenclaw(release, process.env['SESSIONS_LIVE_OPENCLAW']);
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
