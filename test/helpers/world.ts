import { main } from '../../src/main.ts';
import type { Env, OutputStream, World } from '../../src/world.ts';
import type { CliOptions, CliRun } from './cli.ts';

export interface TestWorldOptions {
  readonly env?: Env;
  readonly cwd: string;
  readonly osHome?: string;
  readonly nowMs?: number;
}

/** A world of its own: nothing of the test process shows through, and what is written is kept. */
export function testWorld({ env = {}, cwd, osHome, nowMs = 1_800_000_000_000 }: TestWorldOptions): TestWorld {
  const stdout = recorder();
  const stderr = recorder();
  return {
    env,
    cwd,
    osHome,
    platform: 'linux',
    pid: 4242,
    uid: 1000,
    nodeVersion: 'v24.0.0',
    programName: 'sessions',
    stdout: stdout.stream,
    stderr: stderr.stream,
    stdin: process.stdin,
    now: () => nowMs,
    spinner: () => Promise.reject(new Error('a test has no terminal')),
    isRunning: () => false,
    colorDepth: () => 1,
    interrupted: new AbortController().signal,
    receivedSignal: undefined,
    onUncaught: () => undefined,
    written: () => ({ stdout: stdout.text(), stderr: stderr.text() }),
  };
}

/** Runs a command line in this process: as `runCli` does it with the built program, but much faster. */
export async function runInProcess(args: readonly string[], { home, cwd, env }: CliOptions): Promise<CliRun> {
  const world = testWorld({ env: { HOME: home, ...env }, cwd: cwd ?? home });
  const exitCode = await main(args, world);
  return { ...world.written(), exitCode };
}

export interface TestWorld extends World {
  written(): { readonly stdout: string; readonly stderr: string };
}

function recorder(): { stream: OutputStream; text: () => string } {
  let text = '';
  return {
    stream: {
      write: (piece) => {
        text += piece;
        return Promise.resolve();
      },
      closed: false,
      failure: undefined,
      isTerminal: false,
      columns: undefined,
    },
    text: () => text,
  };
}
