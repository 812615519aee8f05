import type { Flags } from '../program.ts';
import type { Spinner, World } from '../world.ts';
import { colorLevel } from './color.ts';
import { createTheme } from './theme.ts';

/** Says on the terminal what long work is doing; gone when it ends. */
export interface Progress extends AsyncDisposable {
  show(text: string): void;
}

/**
 * Starts to show progress, when it is worth it and someone can see it: stderr is a terminal, and neither `--json`,
 * `--quiet`, CI nor a dumb terminal speak against it.
 *
 * @param bytes of the work ahead, when that is known
 */
export async function startProgress(world: World, flags: Flags, bytes = Infinity): Promise<Progress> {
  const isWanted =
    world.stderr.isTerminal &&
    flags.json !== true &&
    flags.quiet !== true &&
    (world.env['CI'] ?? '') === '' &&
    world.env['TERM'] !== 'dumb' &&
    bytes >= worthShowing;
  const spinner = isWanted ? await startSpinner(world, flags) : undefined;
  return {
    show: (text) => spinner?.show(text),
    [Symbol.asyncDispose]: () => {
      spinner?.stop();
      return Promise.resolve();
    },
  };
}

async function startSpinner(world: World, flags: Flags): Promise<Spinner> {
  const theme = await createTheme(colorLevel(flags.color, world.stderr, world));
  return await world.spinner(theme.accent);
}

/** Less is read and written in a blink. */
const worthShowing = 4 * 1024 * 1024;
