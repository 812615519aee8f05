import fs from 'node:fs';
import path from 'node:path';
import { configuredGateway } from './cli.ts';
import { startFakeGateway, testToken } from './fake-gateway.ts';
import { fakeSessions } from './fake-sessions.ts';
import { header, message } from './lines.ts';
import { dayMs, sessionsDir, sessionsHome, setAge } from './sessions-home.ts';

/** A command line that works in the home of `everyCommandHome`. */
export interface CommandLine {
  readonly name: string;
  readonly args: readonly string[];
  /** Changes nothing, neither here nor at the Gateway. */
  readonly isReading: boolean;
  /** Prints a JSON document with --json. */
  readonly hasJson: boolean;
}

const store = `${sessionsDir}/sessions.json`;

/** Every command; those that can be rehearsed also as a dry run. */
export const everyCommand: readonly CommandLine[] = [
  reading('list', 'list'),
  reading('list --all-agents', 'list', '--all-agents', '--limit', 'all'),
  reading('list --discover', 'list', '--discover'),
  reading('cleanup --dry-run', 'cleanup', '--dry-run'),
  reading('cleanup --dry-run --explain', 'cleanup', '--dry-run', '--explain', '--enforce', '--fix-missing'),
  writing('cleanup', 'cleanup', '--store', store, '--enforce'),
  writing('cleanup --explain', 'cleanup', '--store', store, '--enforce', '--explain'),
  writing('export-trajectory', 'export-trajectory', '--session-key', 'agent:main:a', '--output', 'x'),
  reading('delete --store --dry-run', 'delete', '--store', store, 'agent:main:a', '--dry-run'),
  writing('delete --store', 'delete', '--store', store, 'agent:main:a', '--yes'),
  ...['delete', 'archive', 'reset'].flatMap((name) => [
    reading(`${name} --dry-run`, name, 'agent:main:a', '--dry-run'),
    writing(name, name, 'agent:main:a', ...(name === 'archive' ? [] : ['--yes'])),
  ]),
  writing('compact', 'compact', 'agent:main:a'),
  reading('version', 'version'),
  { ...reading('help', 'help'), hasJson: false },
  { ...reading('help cleanup', 'help', 'cleanup'), hasJson: false },
  { ...reading('--version', '--version'), hasJson: false },
];

function reading(name: string, ...args: readonly string[]): CommandLine {
  return { name, args, isReading: true, hasJson: true };
}

function writing(name: string, ...args: readonly string[]): CommandLine {
  return { ...reading(name, ...args), isReading: false };
}

/** A home with something to do for every command, and the Gateway that its config names. */
export async function everyCommandHome() {
  const { script } = fakeSessions('2026.9.6', ['agent:main:main', 'agent:main:a', 'agent:main:b']);
  const gateway = await startFakeGateway(script);
  const { home, dir } = sessionsHome({
    config: { gateway: { port: gateway.port, auth: { token: testToken } } },
    store: {
      'agent:main:main': { sessionId: 'main', age: 3 * dayMs, model: 'gpt-5.5' },
      'agent:main:a': { sessionId: 'a', age: 2 * dayMs, totalTokens: 1200 },
      'agent:main:b': { sessionId: 'b', age: 50 * dayMs },
    },
    files: { 'b.jsonl': 50 * dayMs, 'main.jsonl': 3 * dayMs, 'orphan.jsonl': 50 * dayMs },
  });
  const transcript = path.join(dir, 'a.jsonl');
  fs.writeFileSync(
    transcript,
    [header, message('1', null, 'hello')].map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  setAge(transcript, 2 * dayMs);
  return { home, gateway, env: configuredGateway };
}
