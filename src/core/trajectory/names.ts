/** Names around an export, as OpenClaw 2026.5.12 makes them. */

/** The session id as a file name: at most 120 characters of `A-Za-z0-9_-`; `session` when it has no letter or digit. */
export function safeSessionName(sessionId: string): string {
  const safe = sessionId.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 120);
  return /[A-Za-z0-9]/.test(safe) ? safe : 'session';
}

/** `openclaw-trajectory-<first 8 of the id>-<UTC time to the second>`. */
export function defaultBundleName(sessionId: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-').slice(0, 19);
  return `openclaw-trajectory-${safeSessionName(sessionId).slice(0, 8)}-${stamp}`;
}
