import fs from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject } from '../core/json.ts';
import { sidecarNames } from '../core/transcript-names.ts';
import { safeSessionName } from '../core/trajectory/names.ts';
import { isAbsence } from './absence.ts';

export interface SidecarPlace {
  readonly sessionId: string;
  /** The transcript it belongs to, absolute. */
  readonly transcript: string;
  /** OPENCLAW_TRAJECTORY_DIR, absolute; undefined when it is not set. */
  readonly trajectoryDir: string | undefined;
  /** What a relative path in a pointer is relative to. */
  readonly cwd: string;
}

/**
 * The runtime trajectory of a session: where its pointer says, beside the transcript, or in the trajectory folder; the
 * first that is a regular file and no link (OpenClaw 2026.5.12). A pointer is believed only when it names the file beside
 * the transcript or a file called after the session.
 */
export async function findSidecar(place: SidecarPlace): Promise<string | undefined> {
  const { transcript, sessionId, trajectoryDir } = place;
  const names = sidecarNames(path.basename(transcript));
  const beside = path.join(path.dirname(transcript), names.trajectory);
  const sessionName = `${safeSessionName(sessionId)}.jsonl`;
  const pointed = await readPointer(path.join(path.dirname(transcript), names.pointer), place);
  const candidates = [
    pointed !== undefined && (pointed === beside || path.basename(pointed) === sessionName) ? pointed : undefined,
    beside,
    trajectoryDir === undefined ? undefined : path.join(trajectoryDir, sessionName),
  ];
  for (const candidate of candidates) {
    if (candidate !== undefined && (await isPlainFile(candidate))) return candidate;
  }
  return undefined;
}

/** The file that `<transcript>.trajectory-path.json` names, absolute; undefined when it is no pointer of this session. */
async function readPointer(file: string, { sessionId, cwd }: SidecarPlace): Promise<string | undefined> {
  try {
    const stat = await fs.lstat(file);
    // A pointer is a few hundred bytes.
    if (!stat.isFile() || stat.size > 65_536) return undefined;
    const pointer: unknown = JSON.parse(await fs.readFile(file, 'utf8'));
    if (!isJsonObject(pointer) || pointer['sessionId'] !== sessionId) return undefined;
    const { runtimeFile } = pointer;
    return typeof runtimeFile === 'string' ? path.resolve(cwd, runtimeFile) : undefined;
  } catch {
    return undefined;
  }
}

async function isPlainFile(file: string): Promise<boolean> {
  try {
    return (await fs.lstat(file)).isFile();
  } catch (error) {
    // A trajectory that may not be looked at must not be left out without a word.
    if (isAbsence(error)) return false;
    throw error;
  }
}
