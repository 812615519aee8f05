import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { everyCommand, everyCommandHome } from '../helpers/every-command.ts';
import { scratchFolder, treeState, writeTree } from '../helpers/scratch.ts';
import { sessionsDir } from '../helpers/sessions-home.ts';
import { abandonedHome, genuineHome } from '../helpers/sqlite.ts';

const store = `${sessionsDir}/sessions.json`;

/** Methods of the Gateway that only look. */
const looking = ['connect', 'sessions.describe', 'sessions.list'];

describe.each(everyCommand.filter(({ isReading }) => isReading))('$name', ({ args, hasJson }) => {
  it('leaves every file, mode and time as it was, and asks the Gateway for nothing that changes', async () => {
    const { home, gateway, env } = await everyCommandHome();
    const before = treeState(home);
    for (const more of [[], ['--verbose'], ...(hasJson ? [['--json']] : [])]) {
      const { exitCode } = await runCli([...args, ...more], { home, env });
      expect(exitCode).toBe(0);
      expect(treeState(home)).toEqual(before);
    }
    expect(gateway.requests.filter(({ method }) => !looking.includes(method))).toEqual([]);
  });
});

/** Homes that only the reading commands see as they are. */
const oddHomes: Readonly<Record<string, () => string>> = {
  'no home at all': () => scratchFolder(),
  'a store that is damaged': () => writeTree(scratchFolder(), { [store]: '{"agent:main:a": ' }),
  'an empty store': () => writeTree(scratchFolder(), { [store]: '' }),
  'a store that is a folder': () => writeTree(scratchFolder(), { [`${store}/x`]: '' }),
  'a store that is a link to nothing': () => {
    const home = writeTree(scratchFolder(), { [`${sessionsDir}/`]: '' });
    fs.symlinkSync(path.join(home, 'nowhere.json'), path.join(home, store));
    return home;
  },
  'a lock and temporary files of a run that was killed': () =>
    writeTree(scratchFolder(), {
      [store]: {},
      [`${store}.lock/holder.1.1.0.0`]: '',
      [`${sessionsDir}/.openclaw-sessions.sessions.json.0.tmp`]: '{',
    }),
  'an invalid config': () => writeTree(scratchFolder(), { '.openclaw/openclaw.json': '{' }),
  'a quiet database': () => genuineHome().home,
  'a database whose writer was killed': () => abandonedHome().home,
};

describe.each(Object.entries(oddHomes))('with %s', (_name, makeHome) => {
  it.each([
    ['list', '--all-agents'],
    ['list', '--discover', '--json'],
    ['cleanup', '--dry-run', '--enforce', '--fix-missing', '--explain'],
    ['delete', '--store', store, 'agent:main:a', '--dry-run'],
    ['export-trajectory', '--session-key', 'no such key'],
    ['archive', 'agent:main:a', '--dry-run'],
  ])('%s %s leaves everything as it was', async (...args) => {
    const home = makeHome();
    const before = treeState(home);
    const { exitCode, stderr } = await runCli(args, { home });
    expect([0, 1, 4, 6]).toContain(exitCode);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(treeState(home)).toEqual(before);
  });
});
