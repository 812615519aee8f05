/**
 * What stands for a secret of which nothing but its presence may show: fewer than 18 UTF-16 units become `***`, longer
 * ones their first six and last four with an ellipsis between (OpenClaw 2026.5.12).
 */
export function mask(secret: string): string {
  return secret.length < 18 ? '***' : `${secret.slice(0, 6)}…${secret.slice(-4)}`;
}

/** True for what an earlier rule has put in place of a secret: nothing is left in it to hide. */
export function isMask(text: string): boolean {
  return /^(?:\*\*\*|<redacted(?:-[a-z-]+)?>|[^…]{6}…[^…]{4})$/.test(text);
}
