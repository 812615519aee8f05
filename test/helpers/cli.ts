import { execa, type Options, type Result } from 'execa';
import path from 'node:path';

/** The program as installed: the built one behind its launcher. */
export const bin = path.resolve(import.meta.dirname, '../../bin/sessions.js');

export interface CliRun {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when the process was ended by a signal. */
  readonly exitCode: number | undefined;
}

export interface CliOptions {
  /** HOME, and the working directory unless another is given. */
  readonly home: string;
  readonly cwd?: string;
  /** Added to the bare environment: nothing of the test's own comes through. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** A Gateway that may run on this machine is not ours to talk to: nothing listens on port 1. */
const noGateway = { OPENCLAW_GATEWAY_PORT: '1' };

/** Lets the port of the config count. */
export const configuredGateway = { OPENCLAW_GATEWAY_PORT: '' };

/** Makes the program read every store as it reads one that is too large to be parsed whole. */
export const scanning = { SESSIONS_SCAN_FROM_BYTES: '0' };

/** The same for all tests of a run: `SESSIONS_SCAN_FROM_BYTES=0 npm test`. */
const forced = process.env['SESSIONS_SCAN_FROM_BYTES'] === undefined ? {} : scanning;

/** Runs the built program (`npm run build` first) in a clean environment and waits for its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliRun> {
  const { stdout, stderr, exitCode } = await startCli(args, options);
  return { stdout, stderr, exitCode };
}

/** The same, as a running process: to signal it, or to read its streams while it runs. */
export function startCli(args: readonly string[], { home, cwd, env, input, timeoutMs = 30_000 }: CliOptions) {
  return execa(process.execPath, [bin, ...args], {
    cwd: cwd ?? home,
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', HOME: home, ...noGateway, ...forced, ...env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    timeout: timeoutMs,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  } as const satisfies Options);
}

export type { Result };
