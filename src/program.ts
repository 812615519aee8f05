import { Command, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };

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

export const version = packageJson.version;

/** What --version prints. */
export const versionText = `openclaw-sessions ${version}\n`;

/** Called by the tree with what was named on the line: the command, and which options it shares with its parent. */
export type OnCommand = (name: CommandName, command: Command, shared: readonly (keyof Flags)[]) => void;

/** What one command is, as its help shows it. */
interface Definition {
  readonly description: string;
  readonly argument?: readonly [syntax: string, meaning: string];
  /** Options that may also stand before the command. */
  readonly shared: readonly (keyof Flags)[];
  /** Adds what only this command has; the options of every command follow. */
  readonly withOptions: (command: Command) => Command;
  readonly examples?: readonly (readonly [command: string, meaning: string])[];
}

/**
 * The command tree: every command with its options, as `--help` shows it. It is a manual and runs nothing.
 *
 * @param programName the name the program was called by
 * @param words the command line; only commands it names get their options, as adding all of them costs more than the rest
 */
export function createProgram(programName: string, words: readonly string[], onCommand: OnCommand): Command {
  const program = new Command(programName)
    .description('See and keep in order what OpenClaw agents have stored. Without a command: list.')
    .usage('[command] [options]')
    .enablePositionalOptions()
    .version(versionText.trimEnd(), '-V, --version', 'print name and version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    // Commander's own term leaves out [options] where none were added.
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .addHelpText('after', () => mainHelp(programName));
  withListOptions(program);
  withGlobalOptions(program);
  program.allowExcessArguments(false).action(() => {
    onCommand('list', program, []);
  });

  const add = (name: CommandName, definition: Definition): void => {
    const command = new Command(name).description(definition.description);
    if (definition.argument !== undefined) command.argument(...definition.argument);
    if (words.includes(name)) {
      withGlobalOptions(definition.withOptions(command));
      if (definition.examples !== undefined) command.addHelpText('after', examples(definition.examples));
    }
    command.helpOption('-h, --help', 'print help').allowExcessArguments(false);
    command.action(() => {
      onCommand(name, command, definition.shared);
    });
    program.addCommand(command);
  };
  const selection = ['json', 'store', 'agent', 'allAgents'] as const;
  const keys = ['[keys...]', 'session keys'] as const;

  add('list', {
    description: 'list stored sessions, newest first (the default command)',
    shared: [...selection, 'discover', 'active', 'limit'],
    withOptions: withListOptions,
    examples: [
      [`${programName} list`, 'sessions of the default agent'],
      [`${programName} list --all-agents --limit all`, 'every session of every agent'],
      [`${programName} list --active 60 --json`, 'sessions of the last hour, for scripts'],
    ],
  });
  add('cleanup', {
    description: "remove what the config's session.maintenance says: old rows, rows over the cap, unneeded files",
    shared: selection,
    withOptions: withCleanupOptions,
    examples: [
      [`${programName} cleanup --dry-run`, 'what would go, row by row'],
      [`${programName} cleanup --dry-run --explain`, 'the same, and why'],
      [`${programName} cleanup --enforce --all-agents`, 'every configured agent, whatever the mode'],
      [`${programName} cleanup --enforce --fix-missing --json`, 'for cron'],
    ],
  });
  add('export-trajectory', {
    description: 'write a redacted bundle of one session, to look into or to attach to a bug report',
    shared: ['json', 'store', 'agent'],
    withOptions: withExportOptions,
    examples: [
      [
        `${programName} export-trajectory --session-key agent:main:main`,
        'the main session, under a name with the time',
      ],
      [`${programName} export-trajectory --session-key agent:main:main --output bug-1`, 'under a name of your own'],
    ],
  });
  add('archive', {
    description: 'archive sessions through the running Gateway; they keep their transcripts',
    argument: keys,
    shared: ['json', 'agent'],
    withOptions: (command) => withGatewayOptions(withKeyOptions(command)),
    examples: [
      [`${programName} archive agent:main:scratch-1`, 'one session'],
      [`${programName} archive agent:main:a agent:main:b`, 'several'],
      [`${programName} archive --keys-from keys.txt --dry-run`, 'see what would be done'],
    ],
  });
  add('delete', {
    description: 'delete sessions through the running Gateway, or from a file; transcripts are put aside',
    argument: keys,
    shared: ['json', 'agent', 'store'],
    withOptions: (command) =>
      withGatewayOptions(
        withYes(withKeyOptions(command))
          .option('--store <path>', 'delete from this sessions.json, without a Gateway')
          .option('--lock-timeout <time>', 'with --store: wait so long for another run (default: 30s)'),
      ),
    examples: [
      [`${programName} delete agent:main:scratch-1`, 'asks first'],
      [`${programName} delete agent:main:a agent:main:b --yes`, 'several, without asking'],
      [`${programName} delete --keys-from - --yes < keys.txt`, 'from a list'],
      [`${programName} delete agent:main:x --store sessions.json`, 'from a file, without a Gateway'],
    ],
  });
  add('reset', {
    description: 'let sessions start afresh under their keys, through the running Gateway',
    argument: keys,
    shared: ['json', 'agent'],
    withOptions: (command) =>
      withGatewayOptions(
        withYes(withKeyOptions(command).option('--reason <reason>', 'what the Gateway notes as reason: new or reset')),
      ),
    examples: [
      [`${programName} reset agent:main:main`, 'asks first'],
      [`${programName} reset agent:main:main --reason new --yes`, 'without asking'],
    ],
  });
  add('compact', {
    description: "shorten a session's transcript through the running Gateway",
    argument: ['<key>', 'session key'],
    shared: ['json', 'agent'],
    withOptions: (command) =>
      withGatewayOptions(
        withAgentOfKey(command.optionsGroup('Which session:'))
          .optionsGroup('How:')
          .option('--max-lines <n>', 'keep the last <n> lines instead of a summary'),
      ),
    examples: [
      [`${programName} compact agent:main:main`, "by a model's summary"],
      [`${programName} compact agent:main:main --max-lines 200`, 'to its last 200 lines'],
    ],
  });
  add('version', {
    description: 'print name and version',
    shared: ['json'],
    withOptions: (command) => command.option('-j, --json', 'as JSON, with Node.js version and platform'),
  });
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
    .option('--timeout <ms>', 'wait so long for a Gateway to do it (default: 10000)')
    .option('--lock-timeout <time>', 'wait so long for another cleanup, such as 30s or 2m (default: 30s)')
    .optionsGroup('Output:')
    .option('--explain', 'why each row goes or stays, the policy and its origin, every file')
    .option('-j, --json', 'print one JSON document');
}

function withExportOptions(command: Command): Command {
  return command
    .optionsGroup('Which session:')
    .option('--session-key <key>', 'the session to export (required)')
    .option('--store <path>', 'in this store file')
    .option('--agent <id>', "in this agent's store (default: the agent in the key)")
    .optionsGroup('Output:')
    .option('--output <name>', 'folder name inside .openclaw/trajectory-exports of the workspace')
    .option('--workspace <path>', 'workspace to export into (default: the current folder)')
    .option('--request-json-base64 <payload>', 'the options above as base64url-encoded JSON')
    .option('-j, --json', 'print one JSON document');
}

/** Session keys as arguments or from a list, and the rehearsal. */
function withKeyOptions(command: Command): Command {
  return withAgentOfKey(
    command
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

/** The meanings beside the commands, or below each where that would be wider than 80 columns. */
function examples(lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const beside = lines.map(([command, meaning]) => `  ${command.padEnd(width)}  ${meaning}`);
  const below = lines.map(([command, meaning]) => `  ${command}\n      ${meaning}`);
  const shown = beside.every((line) => line.length <= 80) ? beside : below;
  return `\nExamples:\n${shown.join('\n')}\n`;
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
