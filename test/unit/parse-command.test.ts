import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flagsOfBadLine, type ParsedCommand, parseCommand } from '../../src/parse-command.ts';
import { SessionsError } from '../../src/errors.ts';
import { createProgram } from '../../src/program.ts';

const parse = (line: string): ParsedCommand => parseCommand(line === '' ? [] : line.split(' '), 'sessions');

function failure(line: string): SessionsError {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof SessionsError) return error;
    throw error;
  }
  throw new Error(`accepted: ${line}`);
}

const commandNames = createProgram('sessions', ['help'], () => undefined).commands.map((command) => command.name());

describe('parseCommand', () => {
  it.each([
    ['', 'list', {}],
    ['list', 'list', {}],
    ['--json', 'list', { json: true }],
    ['list --json', 'list', { json: true }],
    ['--json list', 'list', { json: true }],
    ['--agent work list', 'list', { agent: 'work' }],
    ['--agent work list --agent main', 'list', { agent: 'main' }],
    ['list --agent=work', 'list', { agent: 'work' }],
    ['--limit 1 --limit 2', 'list', { limit: '2' }],
    ['list --limit -3', 'list', { limit: '-3' }],
    ['-n 5 -j', 'list', { limit: '5', json: true }],
    ['--profile x list', 'list', { profile: 'x' }],
    ['list --profile x', 'list', { profile: 'x' }],
    ['--log-level debug', 'list', { logLevel: 'debug' }],
    ['--quiet list --verbose', 'list', { quiet: true, verbose: true }],
    ['--no-color list', 'list', { color: false }],
    ['--color always list', 'list', { color: 'always' }],
    ['list --color never', 'list', { color: 'never' }],
    ['version --json', 'version', { json: true }],
  ])('reads "%s"', (line, name, flags) => {
    const parsed = parse(line);
    expect(parsed).toMatchObject({ name });
    const given = Object.entries((parsed as { flags: object }).flags).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(given)).toEqual(flags);
  });

  it.each([
    ['--bogus', 'OpenClaw does not recognize option "--bogus".\nTry: sessions --help'],
    ['list --bogus', 'OpenClaw does not recognize option "--bogus".\nTry: sessions list --help'],
    ['--bogus list', 'OpenClaw does not recognize option "--bogus".\nTry: sessions list --help'],
    ['--jsno --agent main', 'OpenClaw does not recognize option "--jsno".\nDid you mean --json?\nTry: sessions --help'],
    ['--json=1', 'OpenClaw does not recognize option "--json=1".\nTry: sessions --help'],
    ['--container x', 'OpenClaw does not recognize option "--container".\nTry: sessions --help'],
    ['delete -0', 'OpenClaw does not recognize option "-0".\nTry: sessions delete --help'],
    ['delete k -.5e3 -- -1', 'OpenClaw does not recognize option "-.5e3".\nTry: sessions delete --help'],
    ['archive -7 k', 'OpenClaw does not recognize option "-7".\nTry: sessions archive --help'],
    ['compact -1', 'OpenClaw does not recognize option "-1".\nTry: sessions compact --help'],
    ['compact k -1', 'OpenClaw does not recognize option "-1".\nTry: sessions compact --help'],
    ['list -7', 'OpenClaw does not recognize option "-7".\nTry: sessions list --help'],
    ['-7', 'OpenClaw does not recognize option "-7".\nTry: sessions --help'],
    ['foo bar', 'Too many arguments for this command.\nTry: sessions --help'],
    ['lst', 'Too many arguments for this command.\nDid you mean sessions list?\nTry: sessions --help'],
    ['lis', 'Too many arguments for this command.\nDid you mean sessions list?\nTry: sessions --help'],
    ['list list', 'Too many arguments for this command.\nTry: sessions list --help'],
    ['help nope', 'There is no such command to print help for.\nTry: sessions --help'],
    [
      '--limit',
      "OpenClaw could not parse this command: option '-n, --limit <count>' argument missing\nTry: sessions --help",
    ],
    ['version --limit 3', 'OpenClaw does not recognize option "--limit".\nTry: sessions version --help'],
    [
      '--limit 3 version',
      '`sessions version` does not support the option --limit that stands before it.\nTry: sessions version --help',
    ],
  ])('refuses "%s"', (line, message) => {
    expect(failure(line)).toMatchObject({ code: 'USAGE', message, exitCode: 1 });
  });

  it.each(['--dev --profile dev', '--dev list --profile=x', 'list --dev --profile dev'])(
    'refuses "%s" by its order',
    (line) => {
      expect(failure(line)).toMatchObject({ message: '[openclaw] Cannot combine --dev with --profile', exitCode: 2 });
    },
  );

  it('takes "--profile dev --dev"', () => {
    expect(parse('--profile dev --dev list')).toMatchObject({ flags: { profile: 'dev', dev: true } });
  });

  it('refuses --profile without a value with its own exit code', () => {
    expect(failure('list --profile')).toMatchObject({ message: '[openclaw] --profile requires a value', exitCode: 2 });
  });

  it.each([
    '--help',
    '-h',
    'help',
    'help help',
    'help --verbose',
    'help list --json',
    'list --help',
    'list -h',
    'help list',
    '--bogus --help',
    'list --limit 0 -h',
  ])('prints help for "%s"', (line) => {
    expect(parse(line)).toMatchObject({ name: 'print', text: expect.stringMatching(/^Usage: sessions/) as string });
  });

  it.each(['--version', '-V', 'list --version', '--bogus --version'])('prints the version for "%s"', (line) => {
    expect(parse(line)).toMatchObject({
      name: 'print',
      text: expect.stringMatching(/^openclaw-sessions \d/) as string,
    });
  });

  it('takes numbers for values and, after --, for keys', () => {
    expect(parse('delete --timeout -5 --yes -- -0 -7')).toMatchObject({
      args: ['-0', '-7'],
      flags: { timeout: '-5', yes: true },
    });
    expect(parse('compact --max-lines -3 -- -1')).toMatchObject({ args: ['-1'], flags: { maxLines: '-3' } });
    expect(parse('delete -0 --help')).toMatchObject({ name: 'print' });
  });

  it('takes what follows -- for arguments, not options', () => {
    expect(failure('list -- --help').message).toContain('Too many arguments');
  });

  it('shows the name it was called by', () => {
    expect(parseCommand(['--help'], 'openclaw-sessions')).toMatchObject({
      text: expect.stringContaining('Usage: openclaw-sessions') as string,
    });
  });

  it('fits its help to 80 columns', () => {
    for (const line of ['', ...commandNames].map((name) => `help ${name}`.trim())) {
      const { text } = parse(line) as { text: string };
      expect(text.split('\n').filter((each) => each.length > 80)).toEqual([]);
    }
  });
});

describe('flagsOfBadLine', () => {
  it.each([
    ['--bogus', ''],
    ['--json --bogus', 'json'],
    ['--bogus cleanup -j', 'json'],
    ['-q -j --bogus', 'json'],
    ['-qj --bogus', 'json'],
    ['list --bogus -vqj', 'json verbose'],
    ['-v --bogus', 'verbose'],
    ['--verbose --bogus', 'verbose'],
    ['-V --bogus', ''],
    ['--jv --bogus', ''],
    ['--bogus -- --json -qj', ''],
    ['--agent -qj --bogus', ''],
    ['--agent --json --bogus', ''],
    ['--agent=x -qj --bogus', 'json'],
    ['-- --agent --json', ''],
    ['--agent -- -qj --bogus', 'json'],
    ['-nj --bogus', ''],
    ['-qnj --bogus', ''],
    ['-qn -j --bogus', ''],
    ['-jn 5 --bogus', 'json'],
    ['delete --keys-from -j --bogus', ''],
    ['delete - -j --bogus', 'json'],
  ])('finds in %j: %s', (line, expected) => {
    const { json, verbose } = flagsOfBadLine(line.split(' '), 'sessions');
    expect([...(json ? ['json'] : []), ...(verbose ? ['verbose'] : [])].join(' ')).toBe(expected);
  });

  it('finds what the parser finds', () => {
    const flags = fc.constantFrom('-j', '-q', '-v', '-qj', '-vq', '-jqv', '--json', '--verbose', '--agent=-j', '-n5');
    const values = fc.constantFrom('-j', '--json', 'x', '--', '-qj');
    const pair = fc.tuple(fc.constantFrom('--agent', '--store', '-n', '-qn', '--profile'), values);
    const line = fc
      .array(
        fc.oneof(
          flags.map((flag) => [flag]),
          pair,
        ),
      )
      .map((words) => words.flat());
    fc.assert(
      fc.property(line, (argv) => {
        const parsed = parseCommand(argv, 'sessions');
        const { json = false, verbose = false } = 'flags' in parsed ? parsed.flags : {};
        expect(flagsOfBadLine(argv, 'sessions')).toEqual({ json, verbose });
      }),
    );
  });
});
