/**
 * Names in a sessions folder (docs/formats.md, names): which file is what. OpenClaw 2026.5.12 goes by the name alone.
 */

/** Between session id and topic in the name of a topic transcript. */
export const topicMark = '-topic-';

/** What a file directly in a sessions folder is by its name. `other` is never touched by a cleanup. */
export type FileClass = 'transcript' | 'checkpoint' | 'sidecar' | 'archive' | 'other';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const checkpointName = new RegExp(`^.+\\.checkpoint\\.${uuid}\\.jsonl$`, 'i');
const shortestCheckpoint = 'a.checkpoint.00000000-0000-0000-0000-000000000000.jsonl'.length;
const generatedId = new RegExp(`^${uuid}$`, 'i');
const transcriptId = /^[a-z0-9][a-z0-9._-]{0,127}$/i;
const storeBackup = /^sessions\.json\.bak\.\d+$/;
const archiveStamp = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)(\.\d{3})?Z$/;

/** The class of a file name. */
export function classifyName(name: string): FileClass {
  if (isCheckpointName(name)) return 'checkpoint';
  if (isSidecarName(name)) return 'sidecar';
  if (name.endsWith('.jsonl')) return 'transcript';
  return isArchiveName(name) ? 'archive' : 'other';
}

/** The same as the class `sidecar`, for much less. */
export function isSidecarName(name: string): boolean {
  return name.endsWith('.trajectory.jsonl') || name.endsWith('.trajectory-path.json');
}

function isCheckpointName(name: string): boolean {
  // A folder has thousands of names, and nearly all are too short.
  return name.length >= shortestCheckpoint && checkpointName.test(name);
}

/** True for archives of a transcript, and for old backups of the store. */
export function isArchiveName(name: string): boolean {
  return parseArchiveName(name) !== undefined || storeBackup.test(name);
}

/** Why an archive was made: a session's reset, a session's removal, a repair of the file. */
export type ArchiveReason = 'reset' | 'deleted' | 'bak';

export interface ArchiveName {
  readonly reason: ArchiveReason;
  /** When, by the name (ms since epoch); the file's own time is older. */
  readonly archivedAtMs: number;
}

/** Parses `<file>.<reason>.<stamp>`; undefined for every other name, and for a stamp that is no time. */
export function parseArchiveName(name: string): ArchiveName | undefined {
  if (!name.endsWith('Z')) return undefined;
  for (const reason of ['deleted', 'reset', 'bak'] as const) {
    const mark = `.${reason}.`;
    const at = name.lastIndexOf(mark);
    if (at === -1) continue;
    const stamp = archiveStamp.exec(name.slice(at + mark.length));
    if (stamp === null) continue;
    const [, day = '', hours = '', minutes = '', seconds = '', fraction = ''] = stamp;
    const archivedAtMs = Date.parse(`${day}T${hours}:${minutes}:${seconds}${fraction}Z`);
    if (!Number.isNaN(archivedAtMs)) return { reason, archivedAtMs };
  }
  return undefined;
}

/**
 * The archive name of a file: UTC with milliseconds, colons as dashes. A name that would become longer than file systems
 * take loses its end (the reference cannot archive such a file, and deletes it later).
 *
 * @param file may stand in sub-folders, with `/` between names
 */
export function archiveName(file: string, reason: ArchiveReason, nowMs: number): string {
  const suffix = archiveSuffix(reason, nowMs);
  return withRoomFor(suffix, file) + suffix;
}

/** What the name of an archive ends in. */
export function archiveSuffix(reason: ArchiveReason, nowMs: number): string {
  return `.${reason}.${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
}

/** What stands before the suffix in the name of an archive: the file, or as much of it as leaves room. */
export function withRoomFor(suffix: string, file: string): string {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  let name = file.slice(folder.length);
  // Three bytes at most for each unit: most names need not be measured.
  if ((name.length + suffix.length) * 3 <= maxNameBytes) return file;
  const encoder = new TextEncoder();
  while (encoder.encode(name + suffix).length > maxNameBytes) name = Array.from(name).slice(0, -1).join('');
  return folder + name;
}

/** What Linux, macOS and Windows all take. */
const maxNameBytes = 255;

/** True for an id that may name a transcript: it cannot leave the folder, nor look like a checkpoint. */
export function isTranscriptId(sessionId: string): boolean {
  return transcriptId.test(sessionId) && !isCheckpointName(transcriptName(sessionId));
}

/** True for an id as OpenClaw makes them: a UUID. */
export function isGeneratedId(sessionId: string): boolean {
  return generatedId.test(sessionId);
}

/** The transcript of a session that names no file. */
export function transcriptName(sessionId: string): string {
  return sessionId + transcriptEnding;
}

/** True when `transcriptName` gives this name; no text is made to see that. */
export function isTranscriptOf(name: string, sessionId: string): boolean {
  return (
    name.length === sessionId.length + transcriptEnding.length &&
    name.startsWith(sessionId) &&
    name.endsWith(transcriptEnding)
  );
}

const transcriptEnding = '.jsonl';

const noIds: readonly string[] = [];

/** The two trajectory sidecars of a transcript, beside it; an ending other than `.jsonl` stays part of the name. */
export function sidecarNames(transcript: string): { readonly trajectory: string; readonly pointer: string } {
  const stem = transcript.endsWith('.jsonl') ? transcript.slice(0, -'.jsonl'.length) : transcript;
  return { trajectory: `${stem}.trajectory.jsonl`, pointer: `${stem}.trajectory-path.json` };
}

/**
 * The session ids that a topic transcript or its sidecar may belong to, by its name `<sessionId>-topic-<topic>.jsonl`:
 * several, since a session id may hold `-topic-` itself; none for other names.
 */
export function topicSessionIds(name: string): readonly string[] {
  if (!name.includes(topicMark) || !['transcript', 'sidecar'].includes(classifyName(name))) return noIds;
  const ids: string[] = [];
  for (let at = name.indexOf(topicMark); at !== -1; at = name.indexOf(topicMark, at + 1)) {
    ids.push(name.slice(0, at));
  }
  return ids;
}
