import type { Context, Messages, Rendered, RunCommand } from './commands/types.ts';
import { printable } from './core/printable.ts';
import { type ExitCode, exitCodes, SessionsError } from './errors.ts';
import { flagsOfBadLine, parseCommand } from './parse-command.ts';
import type { CommandName, Flags } from './program.ts';
import type { World } from './world.ts';

export { createWorld } from './world.ts';

/** Every command is a chunk of its own, loaded when it is named. A new command is a new file and one line here. */
const commands: Readonly<Record<CommandName, () => Promise<RunCommand>>> = {
  list: async () => (await import('./commands/list.ts')).list,
  cleanup: async () => (await import('./commands/cleanup.ts')).cleanup,
  'export-trajectory': async () => (await import('./commands/export-trajectory.ts')).exportTrajectory,
  archive: async () => (await import('./commands/archive.ts')).archive,
  delete: async () => (await import('./commands/delete.ts')).deleteSessions,
  reset: async () => (await import('./commands/reset.ts')).reset,
  compact: async () => (await import('./commands/compact.ts')).compact,
  version: async () => (await import('./commands/version.ts')).printVersion,
};

/**
 * Runs one command line.
 *
 * Side effects, in order: those of the command, its messages on stderr, its result on stdout. With --json a failure is
 * one document on stdout too (`{"ok": false, "error": {...}}`, as 2026.9.6 prints it) besides the text on stderr.
 *
 * @param argv arguments without node and script
 * @returns the exit code; the caller lets the streams drain
 */
export async function main(argv: readonly string[], world: World): Promise<ExitCode> {
  let view: FailureView | undefined;
  const tell = (error: unknown): Promise<ExitCode> =>
    fail(error, view ?? flagsOfBadLine(argv, world.programName), world);
  world.onUncaught(tell);
  try {
    const parsed = parseCommand(argv, world.programName, world.stdout.columns);
    if (parsed.name === 'print') return await finish({ stdout: parsed.text, exitCode: exitCodes.ok }, world);
    view = parsed.flags;
    const context: Context = { world, messages: createMessages(world, parsed.flags), programName: world.programName };
    const run = await commands[parsed.name]();
    return await finish(await run(parsed.flags, parsed.args, context), world);
  } catch (error) {
    return await tell(error);
  }
}

async function finish(rendered: Rendered, world: World): Promise<ExitCode> {
  const pieces = typeof rendered.stdout === 'string' ? [rendered.stdout] : rendered.stdout;
  for (const piece of pieces) {
    if (world.stdout.closed) break;
    await world.stdout.write(piece);
  }
  const { failure } = world.stdout;
  if (failure !== undefined) {
    throw new SessionsError('FILE_FAILED', `Output could not be written: ${failure.message}`, { cause: failure });
  }
  return signalExitCode(world) ?? rendered.exitCode;
}

/** How a failure is told. */
type FailureView = Pick<Flags, 'json' | 'verbose'>;

async function fail(error: unknown, view: FailureView, world: World): Promise<ExitCode> {
  const failure = error instanceof SessionsError ? error : bug(error);
  const lines = [failure.message, ...(failure.hint === undefined ? [] : [failure.hint])];
  await world.stderr.write(`${printable(lines.join('\n'))}\n`);
  if (view.verbose === true && failure.stack !== undefined) await world.stderr.write(`${stackOf(error)}\n`);
  if (view.json === true) await world.stdout.write(failureDocument(failure));
  return signalExitCode(world) ?? failure.exitCode;
}

function failureDocument({ message, code, hint, details }: SessionsError): string {
  return `${JSON.stringify({ ok: false, error: { type: 'cli_error', message, code, hint, details } }, null, 2)}\n`;
}

function bug(error: unknown): SessionsError {
  return new SessionsError('BUG', `sessions failed in a way it should not: ${messageOf(error)}`, {
    hint: 'This is a bug in sessions: please report it with the output of the same command and --verbose.',
    cause: error,
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const stackOf = (error: unknown): string => printable(error instanceof Error ? (error.stack ?? '') : '');

function signalExitCode(world: World): ExitCode | undefined {
  const { receivedSignal } = world;
  if (receivedSignal === undefined) return undefined;
  return receivedSignal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
}

function createMessages(world: World, flags: { readonly quiet?: boolean; readonly verbose?: boolean }): Messages {
  const write = (line: string): void => {
    void world.stderr.write(`${printable(line)}\n`);
  };
  const ignore = (): void => undefined;
  return {
    error: write,
    notice: flags.quiet === true ? ignore : write,
    detail: flags.verbose === true ? write : ignore,
  };
}
