import path from 'node:path';
import { normalizeAgentId } from './agent-id.ts';
import { nonBlank } from './json.ts';
import { isTranscriptId, transcriptName } from './transcript-names.ts';

/** Where the transcripts of a store are. */
export interface SessionsFolder {
  /** The folder of the store file: its real path, or the absolute one when it does not exist. */
  readonly dir: string;
  /** The state folder, absolute; the sessions folders of other agents are below it. */
  readonly stateDir: string;
}

/** The real path of what is there, links resolved; undefined when nothing is. */
export type LookUp = (path: string) => string | undefined;

/** The fields of an entry that name its transcript; stored values may be of any type. */
export interface TranscriptFields {
  readonly sessionId?: unknown;
  readonly sessionFile?: unknown;
}

/**
 * The path of an entry's transcript, as all session commands of OpenClaw 2026.5.12 find it (docs/formats.md, transcript
 * of an entry); it need not exist.
 *
 * 1. `sessionFile`: relative to the sessions folder, or absolute. It must lie inside the folder, or in the sessions
 *    folder of an agent; any other is passed over.
 * 2. `<sessionId>.jsonl` in the sessions folder.
 *
 * Two departures: a relative path is normalised before it is tested, so that `sub/../../x` does not climb out (V15); and
 * an absolute path outside the folder with nothing there means the same file name beside the store when that exists,
 * for a store that was moved or restored elsewhere (V10).
 *
 * @returns undefined when rule 1 gives nothing and the session id may not name a file
 */
export function resolveTranscriptPath(
  { sessionId, sessionFile }: TranscriptFields,
  folder: SessionsFolder,
  lookUp: LookUp,
): string | undefined {
  const named = nonBlank(sessionFile);
  const accepted = named === undefined ? undefined : acceptSessionFile(named, folder, lookUp);
  if (accepted !== undefined) return accepted;
  const id = nonBlank(sessionId);
  return id !== undefined && isTranscriptId(id) ? path.join(folder.dir, transcriptName(id)) : undefined;
}

/**
 * True when `child` is strictly below `dir`, by their texts alone; both absolute and normalised. A name that begins with two
 * dots counts as outside, as in the reference.
 */
export function isInside(dir: string, child: string): boolean {
  const prefix = dir.endsWith(path.sep) ? dir : dir + path.sep;
  return child.length > prefix.length && child.startsWith(prefix) && !child.startsWith('..', prefix.length);
}

function acceptSessionFile(named: string, folder: SessionsFolder, lookUp: LookUp): string | undefined {
  if (!path.isAbsolute(named)) {
    const resolved = path.join(folder.dir, named);
    // `.` is the folder itself: something that is there, for a cleanup, and nothing that can be read.
    return resolved === folder.dir || isInside(folder.dir, resolved) ? resolved : undefined;
  }
  const real = lookUp(named);
  const candidate = real ?? path.normalize(named);
  if (isInside(folder.dir, candidate)) return candidate;
  return (real === undefined ? movedAlong(named, folder, lookUp) : undefined) ?? acceptOtherAgent(candidate, folder);
}

/** The same file name beside the store. */
function movedAlong(named: string, { dir }: SessionsFolder, lookUp: LookUp): string | undefined {
  const beside = path.join(dir, path.basename(named));
  return beside.endsWith('.jsonl') && lookUp(beside) !== undefined ? beside : undefined;
}

/** A transcript in the sessions folder of the agent that the path names: beside ours, in the state folder, or anywhere. */
function acceptOtherAgent(candidate: string, { dir, stateDir }: SessionsFolder): string | undefined {
  const parts = candidate.split(path.sep);
  const at = parts.lastIndexOf('sessions');
  const agentId = parts[at - 1];
  if (at < 2 || parts[at - 2] !== 'agents' || agentId === undefined || agentId === '') return undefined;
  const isSibling = path.basename(dir) === 'sessions' && path.basename(path.dirname(path.dirname(dir))) === 'agents';
  const agentsRoots = [...(isSibling ? [path.dirname(path.dirname(dir))] : []), path.join(stateDir, 'agents')];
  if (agentsRoots.some((root) => isInside(path.join(root, agentId, 'sessions'), candidate))) return candidate;
  return normalizeAgentId(agentId) === agentId && parts.length === at + 2 ? candidate : undefined;
}
