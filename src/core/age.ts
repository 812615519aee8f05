import { toNumber } from './json.ts';

const MS_PER_SECOND = 1000;

/**
 * An age as people read it, rounded at every step as OpenClaw 2026.5.12 does: 29 s is `just now`, 30 s `1m ago`, 90 min
 * `2h ago`, 47 h `47h ago`, 48 h `2d ago`.
 *
 * @param ageMs milliseconds; null, negative and non-finite ages are `unknown`
 */
export function formatAge(ageMs: number | null): string {
  if (ageMs === null || !Number.isFinite(ageMs) || ageMs < 0) return 'unknown';
  const minutes = Math.round(Math.round(ageMs / MS_PER_SECOND) / 60);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes}m ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours}h ago` : `${Math.round(hours / 24)}d ago`;
}

/**
 * The age of a row: null when `updatedAt` is absent, null, 0 or otherwise falsy, or no number; negative for a time to
 * come. A numeric string counts as its number.
 */
export function ageOf(updatedAt: unknown, nowMs: number): number | null {
  if (!updatedAt) return null;
  const ageMs = nowMs - toNumber(updatedAt);
  return Number.isNaN(ageMs) ? null : ageMs;
}
