const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/**
 * A duration in its largest units, rounded down: `41d`, `1h 30m`, `250ms`. Ten or more of a unit stand alone.
 *
 * @param parts at most so many units; more than two also follow a large number
 */
export function formatDuration(ms: number, parts = 2): string {
  let rest = Math.abs(Math.trunc(ms));
  // Milliseconds say nothing about a second and more.
  if (rest >= 1000) rest -= rest % 1000;
  const shown: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0) continue;
    shown.push(`${count}${unit}`);
    if (shown.length === parts || (parts <= 2 && count >= 10)) break;
  }
  return `${ms < 0 ? '-' : ''}${shown.join(' ') || '0ms'}`;
}
