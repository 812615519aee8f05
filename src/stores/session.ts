import fs from 'node:fs/promises';
import { isJsonObject } from '../core/json.ts';
import { SessionsError } from '../errors.ts';
import { openSessionFiles, type SessionSources } from '../files/session-files.ts';
import { findTranscriptPath } from '../files/transcript-path.ts';
import type { World } from '../world.ts';
import type { StoreChoice } from './choose.ts';
import { openStore } from './index.ts';

/** One session of a store, and where its transcript is. */
export interface FoundSession {
  readonly sessionId: string;
  /** As stored. */
  readonly sessionKey: string;
  readonly from:
    | { readonly kind: 'file'; /** Absolute; it exists. */ readonly transcript: string }
    | { readonly kind: 'database'; readonly database: string };
}

/** What one session is looked up with. */
export interface SessionQuery {
  readonly sessionKey: string;
  /** Program name and profile, for hints. */
  readonly program: string;
  /** Absolute. */
  readonly stateDir: string;
}

/**
 * Looks up a session by its key: exact first, then without regard to case.
 *
 * @throws SessionsError UNKNOWN_KEY, REFUSED (an id that may not name a file), FILE_FAILED (no transcript), worded as in
 *   OpenClaw 2026.5.12; what reading a store throws
 */
export async function findSession(
  choice: StoreChoice,
  { sessionKey, program, stateDir }: SessionQuery,
): Promise<FoundSession> {
  const store = await openStore(choice);
  const row = await store.find(sessionKey);
  const entry = isJsonObject(row?.entry) ? row.entry : {};
  const { sessionId } = entry;
  if (row === undefined || typeof sessionId !== 'string' || sessionId === '') {
    throw new SessionsError(
      'UNKNOWN_KEY',
      `Session not found: ${sessionKey}. Run ${program} to see available sessions.`,
    );
  }
  const found = { sessionId, sessionKey: row.key };
  if (choice.kind === 'sqlite') return { ...found, from: { kind: 'database', database: choice.path } };
  const transcript = findTranscriptPath(entry, choice.path, stateDir);
  if (transcript === undefined) {
    throw new SessionsError('REFUSED', `Failed to resolve session file: Invalid session ID: ${sessionId}`);
  }
  if (!(await exists(transcript))) {
    throw new SessionsError(
      'FILE_FAILED',
      `Session file not found for ${sessionKey}. Run openclaw doctor to inspect session storage.`,
      { details: { path: transcript } },
    );
  }
  return { ...found, from: { kind: 'file', transcript } };
}

/**
 * Opens the transcript and the runtime trajectory of a session for reading.
 *
 * @param trajectoryDir OPENCLAW_TRAJECTORY_DIR, absolute; sidecars may be there
 */
export async function openSession(
  { sessionId, from }: FoundSession,
  trajectoryDir: string | undefined,
  world: Pick<World, 'cwd' | 'interrupted'>,
): Promise<SessionSources> {
  if (from.kind === 'file') {
    return await openSessionFiles({ sessionId, transcript: from.transcript }, trajectoryDir, world);
  }
  const { openDatabaseSession } = await import('./sqlite/events.ts');
  const { transcript, runtime } = await openDatabaseSession(from.database, sessionId);
  return {
    transcript,
    runtime,
    sourceFiles: { session: from.database },
    bytes: transcript.bytes + (runtime?.bytes ?? 0),
    // Nothing is held open between two reads.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
