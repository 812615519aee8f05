import { exitCodes } from '../errors.ts';
import { version } from '../program.ts';
import type { RunCommand } from './types.ts';

/** `sessions version`: name and version; with --json also where the program runs. */
export const printVersion: RunCommand = (flags, _args, { world }) => {
  const facts = { name: 'openclaw-sessions', version, node: world.nodeVersion, platform: world.platform };
  const stdout = flags.json === true ? `${JSON.stringify(facts, null, 2)}\n` : `${facts.name} ${facts.version}\n`;
  return Promise.resolve({ stdout, exitCode: exitCodes.ok });
};
