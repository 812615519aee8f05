import { type Command, CommanderError } from 'commander';
import { SessionsError } from './errors.ts';
import { type CommandName, createProgram, type Flags, versionText } from './program.ts';

/** What the command line asks for: a command to run, or a text to print. */
export type ParsedCommand =
  | { readonly name: CommandName; readonly args: readonly string[]; readonly flags: Flags }
  | { readonly name: 'print'; readonly text: string };

/**
 * Reads the command line. Runs nothing; options are not checked beyond the grammar.
 *
 * @param programName the name the program was called by, for help and hints
 * @param columns width that help is wrapped to
 * @throws SessionsError USAGE or BAD_PROFILE, worded as in OpenClaw 2026.5.12 (docs/commands/list.md)
 */
export function parseCommand(argv: readonly string[], programName: string, columns = 80): ParsedCommand {
  let parsed: ParsedCommand | undefined;
  let printed = '';
  const program = createProgram(programName, argv, (name, command, shared) => {
    const number = numberAmongOptions(command, argv);
    if (number !== undefined) command.error(`error: unknown option '${number}'`, { code: 'commander.unknownOption' });
    const flags = command === program ? program.opts<Flags>() : mergeFlags(command, program, shared);
    parsed = { name, args: command.args, flags };
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => {
        printed += text;
      },
      writeErr: () => undefined,
      getOutHelpWidth: () => columns,
      // Help has none; to find out whether it could, commander would make the stream.
      getOutHasColors: () => false,
    });
  }
  // Help and version win over whatever else is on the line, as in the reference.
  try {
    program.parse(withPlainHelp(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { name: 'print', text: oneEnd(printed) };
    const asked = textAskedFor(argv);
    if (asked === 'version') return { name: 'print', text: versionText };
    if (asked === 'help') {
      commandNamed(argv, program).outputHelp();
      return { name: 'print', text: oneEnd(printed) };
    }
    throw usageError(error, argv, programName, program);
  }
  if (parsed === undefined) throw new Error('no command was chosen');
  refuseProfileAfterDev(argv);
  return parsed;
}

/** How the failure of a line that could not be parsed is to be told: by the flags that stand on it nevertheless. */
export function flagsOfBadLine(argv: readonly string[], programName: string): { json: boolean; verbose: boolean } {
  const program = createProgram(programName, argv, () => undefined);
  const given = optionsGiven(argv, program);
  return {
    json: given.has('--json') || given.has('-j'),
    verbose: given.has('--verbose') || given.has('-v'),
  };
}

/** Options on a line, letters of a group (`-qj`) one by one; values of options and what follows `--` are none. */
function optionsGiven(argv: readonly string[], program: Command): ReadonlySet<string> {
  const withValue = new Set(
    [program, ...program.commands]
      .flatMap(({ options }) => options.filter(({ required }) => required))
      .flatMap(({ long, short }) => [long, short]),
  );
  const given = new Set<string>();
  for (let at = 0; at < argv.length && argv[at] !== '--'; at++) {
    const word = argv[at] ?? '';
    const names = /^-[A-Za-z]/.test(word) ? Array.from(word.slice(1), (letter) => `-${letter}`) : [word];
    const last = names.findIndex((name) => withValue.has(name));
    for (const name of last === -1 ? names : names.slice(0, last + 1)) given.add(name);
    // What follows such a letter in its word is its value.
    if (last === names.length - 1) at++;
  }
  return given;
}

/** `help` whatever options follow; help on help is the help of the program. */
function withPlainHelp(argv: readonly string[]): string[] {
  if (argv[0] !== 'help') return [...argv];
  return ['help', ...argv.filter((word) => word !== 'help' && !word.startsWith('-'))];
}

/** Help ends in one line end, like all that is printed. */
const oneEnd = (text: string): string => `${text.trimEnd()}\n`;

/** The reference takes `--profile dev --dev` and refuses every other pair, this one by its order alone. */
function refuseProfileAfterDev(argv: readonly string[]): void {
  const words = beforeDashes(argv);
  const dev = words.indexOf('--dev');
  if (dev !== -1 && words.slice(dev).some((word) => word === '--profile' || word.startsWith('--profile='))) {
    throw new SessionsError('BAD_PROFILE', '[openclaw] Cannot combine --dev with --profile');
  }
}

/** A command's own options, and for the shared ones also what stood before the command; its own value wins, flags are OR-ed. */
function mergeFlags(command: Command, program: Command, shared: readonly (keyof Flags)[]): Flags {
  const own = command.opts<Flags>();
  const parent = program.opts<Flags>();
  const globals: (keyof Flags)[] = ['profile', 'dev', 'verbose', 'quiet'];
  const accepted = new Set<string>([...shared, ...globals, 'logLevel', 'color']);
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) === 'cli' && !accepted.has(name)) {
      throw new SessionsError(
        'USAGE',
        `\`${program.name()} ${command.name()}\` does not support the option ${option.long ?? name} that stands before it.\n` +
          `Try: ${program.name()} ${command.name()} --help`,
      );
    }
  }
  const merged: Record<string, unknown> = { ...own };
  for (const name of [...shared, ...globals]) merged[name] = own[name] ?? parent[name];
  if (program.getOptionValueSource('color') === 'cli' && command.getOptionValueSource('color') !== 'cli') {
    merged['color'] = parent.color;
  }
  return merged;
}

function usageError(
  error: CommanderError,
  argv: readonly string[],
  programName: string,
  program: Command,
): SessionsError {
  const named = commandNamed(argv, program);
  const help = `Try: ${named === program ? programName : `${programName} ${named.name()}`} --help`;
  const plain = error.message.replace(/^error: /, '');
  switch (error.code) {
    case 'commander.unknownOption': {
      const option = /'([^]*?)'/.exec(plain)?.[1] ?? '';
      const nearest = /\(Did you mean (.*)\?\)/.exec(plain)?.[1];
      const suggestion = nearest === undefined || option.startsWith(`${nearest}=`) ? '' : `Did you mean ${nearest}?\n`;
      return unknownOption(option, suggestion + help);
    }
    case 'commander.excessArguments': {
      const number = numberAmongOptions(named, argv);
      if (number !== undefined) return unknownOption(number, help);
      const nearest = nearestCommand(argv, program);
      const suggestion = nearest === undefined ? '' : `Did you mean ${programName} ${nearest}?\n`;
      return new SessionsError('USAGE', `Too many arguments for this command.\n${suggestion}${help}`);
    }
    case 'commander.missingArgument': {
      const name = /'(.*?)'/.exec(plain)?.[1] ?? '';
      return new SessionsError('USAGE', `Missing required argument "${name}".\n${help}`);
    }
    case 'commander.optionMissingArgument':
      if (plain.includes("'--profile <name>'")) {
        return new SessionsError('BAD_PROFILE', '[openclaw] --profile requires a value');
      }
      return new SessionsError('USAGE', `OpenClaw could not parse this command: ${plain}\n${help}`);
    case 'commander.help':
      return new SessionsError('USAGE', `There is no such command to print help for.\n${help}`);
    default:
      return new SessionsError('USAGE', `OpenClaw could not parse this command: ${plain}\n${help}`);
  }
}

const unknownOption = (option: string, advice: string): SessionsError =>
  new SessionsError('USAGE', `OpenClaw does not recognize option "${option}".\n${advice}`);

/**
 * An argument such as `-0` that stands where options stand. Commander takes numbers for arguments, but no session key is
 * meant by one: keys that begin with a dash come after `--`.
 */
function numberAmongOptions({ args }: Command, argv: readonly string[]): string | undefined {
  const isNumber = (word: string): boolean => /^-[\d.]/.test(word);
  const numbers = args.filter(isNumber);
  return numbers.length > argv.slice(beforeDashes(argv).length).filter(isNumber).length ? numbers[0] : undefined;
}

/** Help or version asked for on a line that is otherwise wrong. */
function textAskedFor(argv: readonly string[]): 'help' | 'version' | undefined {
  const words = beforeDashes(argv);
  if (words.includes('--help') || words.includes('-h')) return 'help';
  return words.includes('--version') || words.includes('-V') ? 'version' : undefined;
}

/** The words among which options may stand: those before `--`. */
const beforeDashes = (argv: readonly string[]): readonly string[] =>
  argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** The command that a line names anywhere, or the program itself. */
function commandNamed(argv: readonly string[], program: Command): Command {
  return program.commands.find((command) => argv.includes(command.name())) ?? program;
}

/** The command that a mistyped word probably means: one edit away, or the word is its beginning. Never run, only named. */
function nearestCommand(argv: readonly string[], program: Command): string | undefined {
  const word = argv.find((each) => !each.startsWith('-'));
  if (word === undefined || word.length < 3) return undefined;
  const names = program.commands.map((command) => command.name());
  if (names.includes(word)) return undefined;
  return names.find((name) => name.startsWith(word) || isOneEditAway(name, word));
}

function isOneEditAway(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB || // one letter too few
    restA === restB.slice(1) || // one too many
    restA.slice(1) === restB.slice(1) || // one wrong
    (restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0]) // two swapped
  );
}
