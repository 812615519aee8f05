import type { LineSource } from '../core/transcript/lines.ts';
import { openJsonLines } from './json-lines.ts';
import { findSidecar } from './sidecar.ts';

/** What is stored of one session besides its row. */
export interface SessionSources extends AsyncDisposable {
  readonly transcript: LineSource;
  /** Undefined when there is no runtime trajectory. */
  readonly runtime: LineSource | undefined;
  /** Where both were read from, absolute. */
  readonly sourceFiles: { readonly session: string; readonly runtime?: string | undefined };
  /** Of both together. */
  readonly bytes: number;
}

/**
 * Opens the transcript and the runtime trajectory of a session for reading.
 *
 * @param trajectoryDir OPENCLAW_TRAJECTORY_DIR, absolute
 * @throws errors of the file system
 */
export async function openSessionFiles(
  { sessionId, transcript: file }: { readonly sessionId: string; readonly transcript: string },
  trajectoryDir: string | undefined,
  { cwd, interrupted }: { readonly cwd: string; readonly interrupted: AbortSignal },
): Promise<SessionSources> {
  const transcript = await openJsonLines(file, { interrupted });
  try {
    const sidecar = await findSidecar({ sessionId, transcript: file, trajectoryDir, cwd });
    // It was a plain file a moment ago; a link put in its place is not followed.
    const runtime = sidecar === undefined ? undefined : await openJsonLines(sidecar, { refuseLink: true, interrupted });
    return {
      transcript,
      runtime,
      sourceFiles: { session: file, runtime: sidecar },
      bytes: transcript.bytes + (runtime?.bytes ?? 0),
      async [Symbol.asyncDispose]() {
        await transcript.close();
        await runtime?.close();
      },
    };
  } catch (error) {
    await transcript.close();
    throw error;
  }
}
