import type { ExitCode } from '../errors.ts';
import type { Flags } from '../program.ts';
import type { World } from '../world.ts';

/** Lines for people, on stderr. Control characters in them are neutralised. */
export interface Messages {
  /** Something the user should know; dropped with --quiet. */
  notice(line: string): void;
  /** What was read and why, skipped rows; only with --verbose. */
  detail(line: string): void;
  /** Something that failed while the rest went on; always shown. */
  error(line: string): void;
}

/** What a command may use besides its options. */
export interface Context {
  readonly world: World;
  readonly messages: Messages;
  /** The name the program was called by. */
  readonly programName: string;
}

/** The result of a command, ready to be written. */
export interface Rendered {
  /** Results, ending in one newline. In pieces when one string would be too large. */
  readonly stdout: string | Iterable<string>;
  readonly exitCode: ExitCode;
}

/** A command: options in, result out. It may write messages to stderr, never to stdout. */
export type RunCommand = (flags: Flags, args: readonly string[], context: Context) => Promise<Rendered>;
