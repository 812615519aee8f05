import { describe, expect, it } from 'vitest';
import { colorLevel } from '../../../src/render/color.ts';

const terminal = { isTerminal: true };
const pipe = { isTerminal: false };
const colorDepth = (): number => 24;

describe('colorLevel', () => {
  /** What speaks, strongest first; `on` and `off` say what it makes of the colours. */
  const speakers = [
    { name: '--color always', flag: 'always', env: {}, on: true },
    { name: '--color never', flag: 'never', env: {}, on: false },
    { name: '--no-color', flag: false, env: {}, on: false },
    { name: 'FORCE_COLOR=1', env: { FORCE_COLOR: '1' }, on: true },
    { name: 'FORCE_COLOR=0', env: { FORCE_COLOR: '0' }, on: false },
    { name: 'NO_COLOR=1', env: { NO_COLOR: '1' }, on: false },
    { name: 'CLICOLOR_FORCE=1', env: { CLICOLOR_FORCE: '1' }, on: true },
    { name: 'TERM=dumb', env: { TERM: 'dumb' }, on: false },
  ] as const;
  const flagOf = (speaker: (typeof speakers)[number]) => ('flag' in speaker ? speaker.flag : undefined);

  it.each(
    speakers.flatMap((strong, index) =>
      speakers.slice(index + 1).map((weak) => [strong.name, weak.name, strong, weak] as const),
    ),
  )('%s beats %s', (_strong, _weak, strong, weak) => {
    // Two flags cannot be given at once, and one variable has one value.
    if ('flag' in strong && 'flag' in weak) return;
    if (strong.name.split('=')[0] === weak.name.split('=')[0]) return;
    for (const stream of [terminal, pipe]) {
      const level = colorLevel(flagOf(strong) ?? flagOf(weak), stream, {
        env: { ...weak.env, ...strong.env },
        colorDepth,
      });
      expect(level > 0).toBe(strong.on);
    }
  });

  it.each(['', undefined])('does not count an empty variable (%o)', (value) => {
    const env = { NO_COLOR: value, FORCE_COLOR: value, CLICOLOR_FORCE: value };
    expect(colorLevel(undefined, terminal, { env, colorDepth })).toBe(3);
    expect(colorLevel(undefined, pipe, { env, colorDepth })).toBe(0);
  });

  it.each([
    [24, 3],
    [8, 2],
    [4, 1],
    [1, 1],
  ])('a terminal of %i bits gets level %i when colours are wanted', (bits, level) => {
    expect(colorLevel('always', pipe, { env: {}, colorDepth: () => bits })).toBe(level);
  });
});
