import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Environment variables; an unset one is undefined. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface OutputStream {
  /** Resolves when the text is handed over, back-pressure honoured; after the reader has gone, resolves at once. */
  write(text: string): Promise<void>;
  /** True once the reader has closed the pipe: further output is pointless. */
  readonly closed: boolean;
  /** Why a write failed when it was not the reader's going: a full disk. */
  readonly failure: Error | undefined;
  readonly isTerminal: boolean;
  /** Terminal width in cells, never 0; undefined when the stream is not a terminal, or one that does not say its width. */
  readonly columns: number | undefined;
}

/**
 * Everything the program takes from its surroundings, in one value. Below main nothing reads `process`: tests build a
 * World of their own, and a command can be run twice in one process.
 */
export interface World {
  readonly env: Env;
  /** Working directory, absolute; `/` when the real one has been deleted. */
  readonly cwd: string;
  /** The system's idea of the home folder, for users without HOME. */
  readonly osHome: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** Effective user id; undefined where there are none (Windows). */
  readonly uid: number | undefined;
  /** Such as v24.21.0. */
  readonly nodeVersion: string;
  /** The name the program was called by: sessions or openclaw-sessions. */
  readonly programName: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: NodeJS.ReadStream;
  /** Milliseconds since epoch. */
  now(): number;
  /**
   * Starts a spinner on stderr, which has to be a terminal; without effect on one that does not say its width.
   *
   * @param paint gives its sign a colour, or none
   */
  spinner(paint: (sign: string) => string): Promise<Spinner>;
  /** True while a process with this id runs here, whoever owns it; a zombie counts. */
  readonly isRunning: (pid: number) => boolean;
  /** Bits per pixel a terminal with this environment shows: 1, 4, 8 or 24 (Node's tty.getColorDepth). */
  colorDepth(env: Env): number;
  /**
   * Aborted by the first SIGINT or SIGTERM, with that name as reason. Long work stops at its next safe point and throws;
   * main then exits with 130 or 143. A second signal ends the process at once.
   *
   * Signals are watched from the first look at this on. A command that never looks holds nothing that would have to be put
   * in order (but see `undisturbed`), and a signal ends it as it ends any program.
   */
  readonly interrupted: AbortSignal;
  /** The first signal that came while signals were watched. */
  readonly receivedSignal: 'SIGINT' | 'SIGTERM' | undefined;
  /**
   * Calls `report` with what is thrown, or rejected, where nothing catches it: in a timer, in an event. Then the process
   * ends at once, with its exit code; nobody knows what state it is in.
   */
  onUncaught(report: (error: unknown) => Promise<number>): void;
}

/** A line on the terminal that moves while long work goes on. */
export interface Spinner {
  show(text: string): void;
  /** Takes the line away. */
  stop(): void;
}

/** The real world. The only place that reads `process`. */
export function createWorld(): World {
  let stderr: OutputStream | undefined;
  let interrupted: AbortSignal | undefined;
  // Node says so on stderr whenever a part of it asks for colours; FORCE_COLOR wins here by rule (render/color.ts).
  muteWarning(/^The '(?:NO_COLOR|NODE_DISABLE_COLORS)' env is ignored/);
  return {
    env: process.env,
    cwd: currentFolder(),
    osHome: systemHome(),
    platform: process.platform,
    pid: process.pid,
    uid: process.geteuid?.(),
    nodeVersion: process.version,
    programName: path.basename(process.argv[1] ?? 'sessions').replace(/\.js$/, ''),
    stdout: isWrittenDirectly(1) ? directOutput(1, () => interrupted === undefined) : streamOutput(process.stdout),
    // Getters: creating a stream costs time, and most runs have nothing to say and never read.
    get stderr() {
      return (stderr ??= streamOutput(process.stderr));
    },
    get stdin() {
      return process.stdin;
    },
    now: () => Date.now(),
    spinner: startSpinner,
    isRunning,
    // Loaded when colours are asked for: a pipe without them does not need it.
    colorDepth: (env) =>
      process.getBuiltinModule('node:tty').WriteStream.prototype.getColorDepth.call(process.stdout, env),
    get interrupted() {
      return (interrupted ??= watchSignals());
    },
    get receivedSignal() {
      return interrupted?.reason as 'SIGINT' | 'SIGTERM' | undefined;
    },
    onUncaught: (report) => {
      process.on('uncaughtException', (error) => void report(error).then((exitCode) => process.exit(exitCode)));
    },
  };
}

/** Runs something that warns while it loads, without that warning; others pass. */
export async function withoutWarning<T>(text: RegExp, load: () => Promise<T>): Promise<T> {
  const unmute = muteWarning(text);
  try {
    return await load();
  } finally {
    unmute();
  }
}

function muteWarning(text: RegExp): () => void {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (!text.test(String(warning))) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  return () => {
    process.emitWarning = emitWarning;
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

function systemHome(): string | undefined {
  try {
    return os.homedir();
  } catch {
    return undefined;
  }
}

/**
 * ora clears as many lines as its text takes at the width that the terminal says, whatever COLUMNS does: at width 0 that is
 * without end. So there is no spinner then, and one that runs ends when the terminal is made so.
 */
async function startSpinner(paint: (sign: string) => string): Promise<Spinner> {
  const isWide = (): boolean => process.stderr.columns > 0;
  if (!isWide()) return { show: () => undefined, stop: () => undefined };
  const { default: ora } = await import('ora');
  // The cursor stays: a second interrupt ends the process without a chance to bring it back. ora would decide about colours
  // by rules of its own.
  const spinner = ora({ stream: process.stderr, discardStdin: false, hideCursor: false, color: false });
  spinner.spinner = { ...spinner.spinner, frames: spinner.spinner.frames.map((frame) => paint(frame)) };
  spinner.start();
  const onResize = (): void => {
    if (!isWide()) spinner.stop();
  };
  process.stderr.on('resize', onResize);
  return {
    show: (text) => {
      spinner.text = text;
    },
    stop: () => {
      process.stderr.off('resize', onResize);
      spinner.stop();
    },
  };
}

/** True for a pipe, a socket and a file; what else a descriptor may be, a stream has to find out. */
function isWrittenDirectly(fd: number): boolean {
  try {
    const stat = fs.fstatSync(fd);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
}

/**
 * Output without a stream, which would cost a tenth of a bare start. The process waits in each write until the reader
 * takes it. Where it must not, a stream takes over: when signals are watched, as they would not be heard meanwhile, and
 * when the descriptor does not wait, which it can be set to by any program that has it too.
 *
 * @param mayWait whether a write may keep the process from everything else
 */
function directOutput(fd: 1, mayWait: () => boolean): OutputStream {
  let stream: ByteStream | undefined;
  let end: NodeJS.ErrnoException | undefined;
  return {
    write: (text) => {
      let written = 0;
      const length = Buffer.byteLength(text);
      try {
        if (stream === undefined && end === undefined && mayWait()) {
          // Nearly always all of it, and no copy is made.
          written = fs.writeSync(fd, text);
          while (written < length) written += fs.writeSync(fd, Buffer.from(text), written);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') end = error as NodeJS.ErrnoException;
      }
      if (written === length || end !== undefined) return Promise.resolve();
      return (stream ??= streamOutput(process.stdout)).write(Buffer.from(text).subarray(written));
    },
    get closed() {
      return end !== undefined || stream?.closed === true;
    },
    get failure() {
      return end?.code === 'EPIPE' ? undefined : (end ?? stream?.failure);
    },
    isTerminal: false,
    columns: undefined,
  };
}

interface ByteStream extends OutputStream {
  write(text: string | Uint8Array): Promise<void>;
}

function streamOutput(stream: NodeJS.WriteStream): ByteStream {
  let closed = false;
  let failure: Error | undefined;
  // Without a listener, errors would end the process with a stack trace.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== 'EPIPE') failure ??= error;
  });
  return {
    write: (text) =>
      new Promise((resolve) => {
        if (closed || text === '') resolve();
        else
          stream.write(text, () => {
            resolve();
          });
      }),
    get closed() {
      return closed;
    },
    get failure() {
      return failure;
    },
    isTerminal: isTerminal(stream),
    get columns() {
      // COLUMNS wins over what the terminal says, as POSIX has it. One that was never given a size says 0.
      return stream.isTTY ? (parseColumns(process.env['COLUMNS']) ?? (stream.columns || undefined)) : undefined;
    },
  };
}

/** A width that a terminal can have; everything else counts as not given. */
function parseColumns(value: string | undefined): number | undefined {
  return /^[1-9]\d{0,4}$/.test(value ?? '') ? Number(value) : undefined;
}

/** `isTTY` is typed as always there, and is undefined for pipes and files. */
const isTerminal = ({ isTTY }: { readonly isTTY?: boolean }): boolean => isTTY === true;

/**
 * Does work that would leave something behind if it were cut off. A signal that comes meanwhile takes effect afterwards, as
 * it would have at once.
 */
export async function undisturbed<T>(work: () => T): Promise<T> {
  let received: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals): void => {
    received ??= signal;
  };
  for (const signal of watchedSignals) process.on(signal, note);
  try {
    return work();
  } finally {
    // It is heard in a turn of the event loop that begins after it came: the second at the latest.
    await nextTurn();
    await nextTurn();
    for (const signal of watchedSignals) process.off(signal, note);
    // Whoever watches signals has heard it too.
    if (received !== undefined && process.listenerCount(received) === 0) process.kill(process.pid, received);
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const watchedSignals = ['SIGINT', 'SIGTERM'] as const;

function watchSignals(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      process.stderr.write('Interrupted: stopping at the next safe point (once more to stop at once).\n');
      controller.abort(signal);
    });
  }
  return controller.signal;
}
