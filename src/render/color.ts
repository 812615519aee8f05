import type { Env, OutputStream } from '../world.ts';

/** chalk's levels: none, 16 colours, 256 colours, 24 bit. */
export type ColorLevel = 0 | 1 | 2 | 3;

/**
 * How many colours a stream gets. First that speaks, in this order: `--color` / `--no-color`, FORCE_COLOR (not empty;
 * `0` and `false` mean off; wins over the next, as in OpenClaw 2026.5.12), NO_COLOR (not empty), CLICOLOR_FORCE,
 * TERM=dumb, and at last whether the stream is a terminal.
 *
 * @param flag `auto`, `always` or `never` (`--color`), false for `--no-color`
 */
export function colorLevel(
  flag: string | boolean | undefined,
  stream: Pick<OutputStream, 'isTerminal'>,
  world: { readonly env: Env; colorDepth(env: Env): number },
): ColorLevel {
  if (!isColorWanted(flag, stream, world.env)) return 0;
  // NO_COLOR has lost by now; left in, it would make Node count no colours and warn on stderr.
  const env = { ...world.env, NO_COLOR: undefined, NODE_DISABLE_COLORS: undefined };
  return Math.max(1, levelOfDepth(world.colorDepth(env))) as ColorLevel;
}

function isColorWanted(
  flag: string | boolean | undefined,
  stream: Pick<OutputStream, 'isTerminal'>,
  { FORCE_COLOR, NO_COLOR, CLICOLOR_FORCE, TERM }: Env,
): boolean {
  if (flag === false || flag === 'never') return false;
  if (flag === 'always') return true;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR) return false;
  if (CLICOLOR_FORCE && CLICOLOR_FORCE !== '0') return true;
  return stream.isTerminal && TERM !== 'dumb';
}

function levelOfDepth(bits: number): ColorLevel {
  if (bits >= 24) return 3;
  if (bits >= 8) return 2;
  return bits >= 4 ? 1 : 0;
}
