import { Command, CommanderError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { SessionsError } from './errors.ts';

export type CommandName =
  'list' | 'cleanup' | 'export-trajectory' | 'archive' | 'delete' | 'reset' | 'compact' | 'version';

/** Options as typed, of all commands together; nothing is checked yet. `undefined` means not given. */
export interface Flags {
  readonly json?: boolean;
  readonly store?: string;
  readonly agent?: string;
  readonly allAgents?: boolean;
  readonly discover?: boolean;
  readonly active?: string;
  readonly limit?: string;
  readonly dryRun?: boolean;
  readonly enforce?: boolean;
  readonly fixMissing?: boolean;
  readonly fixDmScope?: boolean;
  readonly activeKey?: string;
  readonly explain?: boolean;
  readonly lockTimeout?: string;
  readonly sessionKey?: string;
  readonly output?: string;
  readonly workspace?: string;
  readonly requestJsonBase64?: string;
  readonly url?: string;
  readonly token?: string;
  readonly password?: string;
  readonly timeout?: string;
  readonly keysFrom?: string;
  readonly yes?: boolean;
  readonly reason?: string;
  readonly maxLines?: string;
  readonly profile?: string;
  readonly dev?: boolean;
  readonly color?: string | boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** What the command line asks for: a command to run, or a text to print. */
export type ParsedCommand =
  | { readonly name: CommandName; readonly args: readonly string[]; readonly flags: Flags }
  | { readonly name: 'print'; readonly text: string };

export const version = packageJson.version;

const versionText = `openclaw-sessions ${version}\n`;

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
  const program = createProgram(programName, (found) => {
    parsed = found;
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => {
        printed += text;
      },
      writeErr: () => undefined,
      getOutHelpWidth: () => columns,
    });
  }
  // Help and version win over whatever else is on the line, as in the reference.
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { name: 'print', text: printed };
    const asked = textAskedFor(argv);
    if (asked === 'version') return { name: 'print', text: versionText };
    if (asked === 'help') {
      commandNamed(argv, program).outputHelp();
      return { name: 'print', text: printed };
    }
    throw usageError(error, argv, programName, program);
  }
  if (parsed === undefined) throw new Error('no command was chosen');
  return parsed;
}

function createProgram(programName: string, choose: (parsed: ParsedCommand) => void): Command {
  const program = new Command(programName)
    .description('See and keep in order what OpenClaw agents have stored. Without a command: list.')
    .usage('[command] [options]')
    .enablePositionalOptions()
    .version(versionText.trimEnd(), '-V, --version', 'print name and version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', mainHelp(programName));
  withListOptions(program);
  withGlobalOptions(program);
  program.allowExcessArguments(false).action(() => {
    choose({ name: 'list', args: [], flags: program.opts<Flags>() });
  });

  const add = (command: Command, name: CommandName, fromParent: readonly (keyof Flags)[]): void => {
    withGlobalOptions(command);
    command.helpOption('-h, --help', 'print help').allowExcessArguments(false);
    command.action(() => {
      choose({ name, args: command.args, flags: mergeFlags(command, program, fromParent) });
    });
    program.addCommand(command);
  };
  const selection = ['json', 'store', 'agent', 'allAgents'] as const;

  add(
    withListOptions(
      new Command('list').description('list stored sessions, newest first (the default command)').addHelpText(
        'after',
        examples([
          [`${programName} list`, 'sessions of the default agent'],
          [`${programName} list --all-agents --limit all`, 'every session of every agent'],
          [`${programName} list --active 60 --json`, 'sessions of the last hour, for scripts'],
        ]),
      ),
    ),
    'list',
    [...selection, 'discover', 'active', 'limit'],
  );

  add(
    withCleanupOptions(
      new Command('cleanup')
        .description("remove what the config's session.maintenance says: old rows, rows over the cap, unneeded files")
        .addHelpText(
          'after',
          examples([
            [`${programName} cleanup --dry-run`, 'what would go, row by row'],
            [`${programName} cleanup --dry-run --explain`, 'the same, and why'],
            [`${programName} cleanup --enforce --all-agents`, 'every configured agent, whatever the mode'],
            [`${programName} cleanup --enforce --fix-missing --json`, 'for cron'],
          ]),
        ),
    ),
    'cleanup',
    [...selection],
  );

  add(
    new Command('export-trajectory')
      .description('write a redacted bundle of one session, to look into or to attach to a bug report')
      .optionsGroup('Which session:')
      .option('--session-key <key>', 'the session to export (required)')
      .option('--store <path>', 'in this store file')
      .option('--agent <id>', "in this agent's store (default: the agent in the key)")
      .optionsGroup('Output:')
      .option('--output <name>', 'folder name inside .openclaw/trajectory-exports of the workspace')
      .option('--workspace <path>', 'workspace to export into (default: the current folder)')
      .option('--request-json-base64 <payload>', 'the options above as base64url-encoded JSON')
      .option('-j, --json', 'print one JSON document')
      .addHelpText(
        'after',
        examples([
          [
            `${programName} export-trajectory --session-key agent:main:main`,
            'the main session, under a name with the time',
          ],
          [`${programName} export-trajectory --session-key agent:main:main --output bug-1`, 'under a name of your own'],
        ]),
      ),
    'export-trajectory',
    ['json', 'store', 'agent'],
  );

  add(
    withGatewayOptions(
      withKeyOptions(
        new Command('archive')
          .description('archive sessions through the running Gateway; they keep their transcripts')
          .addHelpText(
            'after',
            examples([
              [`${programName} archive agent:main:scratch-1`, 'one session'],
              [`${programName} archive agent:main:a agent:main:b`, 'several'],
              [`${programName} archive --keys-from keys.txt --dry-run`, 'see what would be done'],
            ]),
          ),
      ),
    ),
    'archive',
    ['json', 'agent'],
  );

  add(
    withGatewayOptions(
      withYes(
        withKeyOptions(
          new Command('delete')
            .description('delete sessions through the running Gateway; their transcripts are put aside')
            .addHelpText(
              'after',
              examples([
                [`${programName} delete agent:main:scratch-1`, 'asks first'],
                [`${programName} delete agent:main:a agent:main:b --yes`, 'several, without asking'],
                [`${programName} delete --keys-from - --yes < keys.txt`, 'from a list'],
              ]),
            ),
        ),
      ),
    ),
    'delete',
    ['json', 'agent'],
  );

  add(
    withGatewayOptions(
      withYes(
        withKeyOptions(
          new Command('reset')
            .description('let sessions start afresh under their keys, through the running Gateway')
            .addHelpText(
              'after',
              examples([
                [`${programName} reset agent:main:main`, 'asks first'],
                [`${programName} reset agent:main:main --reason new --yes`, 'without asking'],
              ]),
            ),
        ).option('--reason <reason>', 'what the Gateway notes as reason: new or reset'),
      ),
    ),
    'reset',
    ['json', 'agent'],
  );

  add(
    withGatewayOptions(
      withAgentOfKey(new Command('compact').argument('<key>', 'session key').optionsGroup('Which session:'))
        .description("shorten a session's transcript through the running Gateway")
        .addHelpText(
          'after',
          examples([
            [`${programName} compact agent:main:main`, "by a model's summary"],
            [`${programName} compact agent:main:main --max-lines 200`, 'to its last 200 lines'],
          ]),
        )
        .optionsGroup('How:')
        .option('--max-lines <n>', 'keep the last <n> lines instead of a summary'),
    ),
    'compact',
    ['json', 'agent'],
  );

  add(
    new Command('version')
      .description('print name and version')
      .option('-j, --json', 'as JSON, with Node.js version and platform'),
    'version',
    ['json'],
  );
  return program;
}

function withListOptions(command: Command): Command {
  return withStoreOptions(command.optionsGroup('Which sessions:'))
    .option('--discover', 'with every configured agent, also stores found under agents/ that the config does not name')
    .option('--active <minutes>', 'only sessions updated within the last <minutes>')
    .option('-n, --limit <count>', 'at most <count> sessions, or "all" (default: 100)')
    .optionsGroup('Output:')
    .option('-j, --json', 'print one JSON document');
}

function withCleanupOptions(command: Command): Command {
  return withStoreOptions(command.optionsGroup('Which stores:'))
    .optionsGroup('What goes:')
    .option('--dry-run', 'show what would be done, change nothing')
    .option('--enforce', 'apply the policy even where the config says "warn"')
    .option('--fix-missing', 'also rows whose transcript does not exist')
    .option('--fix-dm-scope', 'also rows of single direct-message peers, where all share one session')
    .option('--active-key <key>', 'keep this row')
    .option('--lock-timeout <time>', 'wait so long for another cleanup, such as 30s or 2m (default: 30s)')
    .optionsGroup('Output:')
    .option('--explain', 'why each row goes or stays, the policy and its origin, every file')
    .option('-j, --json', 'print one JSON document');
}

/** Session keys as arguments or from a list, and the rehearsal. */
function withKeyOptions(command: Command): Command {
  return withAgentOfKey(
    command
      .argument('[keys...]', 'session keys')
      .optionsGroup('Which sessions:')
      .option('--keys-from <file>', 'also the keys in <file>, one per line; "-" is the standard input'),
  )
    .optionsGroup('How:')
    .option('--dry-run', 'only say what would be done');
}

function withAgentOfKey(command: Command): Command {
  return command.option('--agent <id>', 'the agent of keys that do not name one, such as "global"');
}

function withYes(command: Command): Command {
  return command.option('-y, --yes', 'do not ask; needed where nobody can answer');
}

/** Options of the commands that work through the Gateway. */
function withGatewayOptions(command: Command): Command {
  return command
    .optionsGroup('Gateway:')
    .option('--url <url>', 'WebSocket URL (default: as configured, else the local one)')
    .option('--token <token>', 'token; "@file" reads it from a file, as "ps" shows the command line')
    .option('--password <password>', 'password; "@file" reads it from a file')
    .option('--timeout <ms>', 'how long to wait for each answer')
    .optionsGroup('Output:')
    .option('-j, --json', 'print one JSON document');
}

/** Options that choose stores, the same in every command that has them. */
function withStoreOptions(command: Command): Command {
  return command
    .option('--store <path>', 'this store file')
    .option('--agent <id>', "this configured agent's store")
    .option('--all-agents', "every configured agent's store");
}

function withGlobalOptions(command: Command): Command {
  return (
    command
      .optionsGroup('Everywhere:')
      .option('--profile <name>', 'state folder ~/.openclaw-<name>')
      .option('--dev', 'same as --profile dev')
      .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']))
      .option('--no-color', 'same as --color never')
      .option('-v, --verbose', 'say more on stderr: what was read and why, skipped rows, stack traces')
      .option('-q, --quiet', 'print only results and errors')
      // Cron lines written for the reference may hold it; we have no levels.
      .addOption(new Option('--log-level <level>').hideHelp())
  );
}

/** A command's own options, and for the shared ones also what stood before the command; its own value wins, flags are OR-ed. */
function mergeFlags(command: Command, program: Command, fromParent: readonly (keyof Flags)[]): Flags {
  const own = command.opts<Flags>();
  const parent = program.opts<Flags>();
  const globals: (keyof Flags)[] = ['profile', 'dev', 'verbose', 'quiet'];
  const shared = new Set<string>([...fromParent, ...globals, 'logLevel', 'color']);
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) === 'cli' && !shared.has(name)) {
      throw new SessionsError(
        'USAGE',
        `\`${program.name()} ${command.name()}\` does not support the option ${option.long ?? name} that stands before it.\n` +
          `Try: ${program.name()} ${command.name()} --help`,
      );
    }
  }
  const merged: Record<string, unknown> = { ...own };
  for (const name of [...fromParent, ...globals]) merged[name] = own[name] ?? parent[name];
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
      return new SessionsError('USAGE', `OpenClaw does not recognize option "${option}".\n${suggestion}${help}`);
    }
    case 'commander.excessArguments': {
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

/** Help or version asked for on a line that is otherwise wrong. */
function textAskedFor(argv: readonly string[]): 'help' | 'version' | undefined {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (words.includes('--help') || words.includes('-h')) return 'help';
  return words.includes('--version') || words.includes('-V') ? 'version' : undefined;
}

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

function examples(lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  ${command.padEnd(width)}  ${meaning}`).join('\n')}\n`;
}

function mainHelp(programName: string): string {
  return `${examples([
    [programName, 'sessions of the default agent, newest first'],
    [`${programName} list --all-agents`, 'sessions of every configured agent'],
    [`${programName} list --json | jq .count`, 'one JSON document, for scripts'],
  ])}
Exit codes:
  0  done, also when there was nothing to do
  1  usage error, invalid config, unknown agent or key, refused by rule
  2  bad --profile or --dev
  4  a store is damaged, unreadable or not ours to change
  5  busy: a lock or a steady store was not had in time
  6  the Gateway was reached but failed, or could not be reached
  7  several keys: some failed, the others were done
  130, 143  interrupted
`;
}
