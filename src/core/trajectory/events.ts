import type { Redactor } from '../redaction/redactor.ts';
import { sanitizePayload } from '../redaction/payload.ts';
import { isJsonObject } from '../json.ts';
import type { TranscriptEntry } from '../transcript/entry.ts';
import type { RuntimeIndex, RuntimePlace } from './runtime-index.ts';
import type { EventContent } from './transcript-events.ts';
import type { TranscriptIndex } from './transcript-index.ts';

/** Whose session a bundle shows; in every event. */
export interface SessionIdentity {
  readonly sessionId: string;
  readonly sessionKey: string;
  /** Absolute. */
  readonly workspaceDir: string;
}

/** An event that has not been read again yet. */
export type EventPlace = RuntimeEventPlace | TranscriptEventPlace;

interface RuntimeEventPlace extends RuntimePlace {
  readonly source: 'runtime';
}

export interface TranscriptEventPlace {
  readonly source: 'transcript';
  readonly ts: string;
  /** From 1, over the branch. */
  readonly sourceSeq: number;
  /** Which entry of the branch, from 0. */
  readonly position: number;
  /** Which of the events of its entry, from 0. */
  readonly index: number;
}

/** Every event of a bundle in order: by time, those of the runtime first, then by their own numbers. */
export function orderEvents(runtime: RuntimeIndex, transcript: TranscriptIndex): readonly EventPlace[] {
  let sourceSeq = 0;
  const places: EventPlace[] = runtime.events.map((place) => ({ source: 'runtime', ...place }));
  for (const [position, { ts, eventCount }] of transcript.branch.entries()) {
    for (let index = 0; index < eventCount; index++) {
      places.push({ source: 'transcript', ts, sourceSeq: ++sourceSeq, position, index });
    }
  }
  return places.sort(
    (a, b) =>
      compareTimes(a.ts, b.ts) ||
      Number(a.source !== 'runtime') - Number(b.source !== 'runtime') ||
      a.sourceSeq - b.sourceSeq,
  );
}

/**
 * Texts of time are compared as texts, by the reference in the order of a language. For times as OpenClaw writes them
 * that is the order of their characters.
 */
function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  if (isoTime.test(a) && isoTime.test(b)) return a < b ? -1 : 1;
  return collator.compare(a, b);
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const collator = new Intl.Collator('en');

/**
 * An event of the runtime, redacted, with all keys it had, in their order. It was sanitised when it was recorded, but a
 * foreign or older writer may not have done so.
 */
export function runtimeEvent(stored: Readonly<Record<string, unknown>>, seq: number, redactor: Redactor): unknown {
  const event = sanitizePayload({ ...stored, seq });
  if (!isJsonObject(event)) return event;
  return Object.fromEntries(
    Object.entries(event).flatMap(([key, value]) => {
      if (key === 'data') return [[key, redactor.value(value)]];
      if (key === 'workspaceDir' && typeof value === 'string') return [[key, redactor.text(value)]];
      return Object.entries(redactor.secrets({ [key]: value }) as object);
    }),
  );
}

/** Makes the events of the transcript, redacted. */
export function createTranscriptEvents(
  identity: SessionIdentity,
  redactor: Redactor,
): (entry: TranscriptEntry, content: EventContent | undefined, place: TranscriptEventPlace, seq: number) => unknown {
  const sessionId = redactor.secrets(identity.sessionId);
  const sessionKey = redactor.secrets(identity.sessionKey);
  const workspaceDir = redactor.path(identity.workspaceDir);
  return (entry, content, { ts, sourceSeq }, seq) => ({
    traceSchema: 'openclaw-trajectory',
    schemaVersion: 1,
    traceId: sessionId,
    source: 'transcript',
    type: redactor.secrets(content?.type),
    ts,
    seq,
    sourceSeq,
    sessionId,
    sessionKey,
    workspaceDir,
    entryId: redactor.secrets(entry['id']),
    parentEntryId: redactor.secrets(entry['parentId']),
    data: content?.data,
  });
}
