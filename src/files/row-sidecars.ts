import fs from 'node:fs';
import path from 'node:path';
import type { CleanupRow } from '../core/cleanup/snapshot.ts';
import { isJsonObject } from '../core/json.ts';
import { isSidecarName, sidecarNames } from '../core/transcript-names.ts';
import { resolveTranscriptPath } from '../core/transcript-path.ts';
import type { ListedFolder } from './sessions-folder.ts';

/**
 * The trajectory files that go with a row (OpenClaw 2026.5.12; docs/commands/cleanup.md, sidecars), those that exist:
 * the trajectory beside the transcript, the file that a valid pointer beside it names, and the pointer.
 *
 * Beside the transcript means beside the name that still leads to it when it has been archived: of an absolute path through
 * a link beside the link, not beside the file that was archived.
 *
 * A pointer may name a file in the folder, whatever it is called, or one outside that proves by its own name and first
 * line to be the trajectory of this very session: no other file outside the folder is ever deleted.
 *
 * @param archivable transcripts of the row that are archived with it, relative to the folder
 * @returns paths relative to the folder, absolute for a file outside
 */
export function findRowSidecars(
  { entry, files }: CleanupRow,
  archivable: readonly string[],
  folder: ListedFolder,
): readonly string[] {
  // Nearly all rows end here. On a disk that folds case, a sidecar in other letters is left for the artifact step.
  if (files.path === undefined || !isJsonObject(entry) || !files.own.some(isSidecarName)) return none;
  const transcript = resolveTranscriptPath(entry, folder, (file) => {
    const found = folder.find(file);
    if (found.state !== 'there') return undefined;
    return archivable.includes(folder.relative(found.real) ?? '') ? undefined : found.real;
  });
  if (transcript === undefined) return none;
  const { trajectory, pointer } = sidecarNames(transcript);
  if ([trajectory, pointer].every((each) => folder.relative(each) === undefined)) return [];
  const { sessionId } = entry;
  const runtimeFile = isRegularFile(pointer) ? readPointer(pointer, sessionId) : undefined;
  const found = [trajectory, pointer].flatMap((file) => inside(file, folder) ?? []);
  if (runtimeFile !== undefined) found.unshift(...(deletableRuntimeFile(runtimeFile, sessionId, folder) ?? []));
  return [...new Set(found)];
}

const none: readonly string[] = [];

function inside(file: string, folder: ListedFolder): readonly [string] | undefined {
  if (!isRegularFile(file)) return undefined;
  const relative = folder.relative(realPathOf(file));
  return relative === undefined ? undefined : [relative];
}

function deletableRuntimeFile(
  runtimeFile: string,
  sessionId: unknown,
  folder: ListedFolder,
): readonly [string] | undefined {
  const file = path.resolve(folder.dir, runtimeFile);
  if (!isRegularFile(file)) return undefined;
  const own = inside(file, folder);
  if (own !== undefined) return own;
  return typeof sessionId === 'string' && isTrajectoryOf(file, sessionId) ? [file] : undefined;
}

function isRegularFile(file: string): boolean {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

function realPathOf(file: string): string {
  try {
    return fs.realpathSync.native(file);
  } catch {
    return file;
  }
}

/** The runtime file of a pointer that belongs to the session; undefined for anything else. */
function readPointer(file: string, sessionId: unknown): string | undefined {
  const pointer = parse(readStart(file, maxPointerBytes));
  if (!isJsonObject(pointer)) return undefined;
  const { traceSchema, schemaVersion, runtimeFile } = pointer;
  const isValid =
    traceSchema === 'openclaw-trajectory-pointer' &&
    schemaVersion === 1 &&
    typeof sessionId === 'string' &&
    pointer['sessionId'] === sessionId;
  return isValid && typeof runtimeFile === 'string' && runtimeFile.trim() !== '' ? runtimeFile.trim() : undefined;
}

function isTrajectoryOf(file: string, sessionId: string): boolean {
  const safeId = sessionId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 120);
  if (path.basename(file) !== `${safeId}.jsonl`) return false;
  const firstLine = readStart(file, maxLineBytes)
    .split('\n')
    .find((line) => line.trim() !== '');
  const event = parse(firstLine ?? '');
  if (!isJsonObject(event)) return false;
  const { traceSchema, schemaVersion, source } = event;
  return (
    traceSchema === 'openclaw-trajectory' &&
    schemaVersion === 1 &&
    source === 'runtime' &&
    event['sessionId'] === sessionId
  );
}

/** A pointer is a few hundred bytes. */
const maxPointerBytes = 64 * 1024;
/** The first line of a trajectory is a small event. */
const maxLineBytes = 1024 * 1024;

function readStart(file: string, maxBytes: number): string {
  try {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const buffer = Buffer.alloc(Math.min(maxBytes, fs.fstatSync(fd).size));
      return buffer.toString('utf8', 0, fs.readSync(fd, buffer));
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return '';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
