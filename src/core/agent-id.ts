/**
 * The form of an agent id that is used in paths, keys and comparisons.
 *
 * Trimmed and lower-cased; runs of characters outside `a-z 0-9 _ -` become one dash, dashes at the ends go, at most 64
 * characters stay, and whatever leaves nothing is `main`. So `My Agent!` is `my-agent`, and `../x` is `x`: an id can be
 * put into a path as it is (OpenClaw 2026.5.12).
 */
export function normalizeAgentId(id: string): string {
  const lower = id.trim().toLowerCase();
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(lower)) return lower;
  // Cut last: an id may thus end in a dash, as in the reference.
  const cleaned = lower
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+/, '')
    .replace(/-+$/, '')
    .slice(0, 64);
  return cleaned === '' ? mainAgentId : cleaned;
}

/** The agent there is when none is configured. */
export const mainAgentId = 'main';
