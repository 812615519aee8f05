import type { Redactor } from '../redaction/redactor.ts';
import { sanitizePayload } from '../redaction/payload.ts';
import { isJsonObject } from '../json.ts';
import type { RuntimeIndex, RuntimePlace } from './runtime-index.ts';
import { type EventContent, transcriptEvents } from './transcript-events.ts';
import type { BranchEntry, TranscriptIndex } from './transcript-index.ts';

/** Whose session a bundle shows; in every event. */
export interface SessionIdentity {
  readonly sessionId: string;
  readonly sessionKey: string;
  /** Absolute. */
  readonly workspaceDir: string;
}

/** An event that has not been read again yet. */
type EventPlace = RuntimeEventPlace | TranscriptEventPlace;

interface RuntimeEventPlace extends RuntimePlace {
  readonly source: 'runtime';
}

interface TranscriptEventPlace {
  readonly source: 'transcript';
  readonly ts: string;
  /** From 1, over the branch. */
  readonly sourceSeq: number;
  readonly entry: BranchEntry;
  /** Which of the events of its entry, from 0. */
  readonly index: number;
}

/** Every event of a bundle in order: by time, those of the runtime first, then by their own numbers. */
export function orderEvents(runtime: RuntimeIndex, transcript: TranscriptIndex): readonly EventPlace[] {
  let sourceSeq = 0;
  const places: EventPlace[] = runtime.events.map((place) => ({ source: 'runtime', ...place }));
  for (const entry of transcript.branch) {
    for (let index = 0; index < entry.eventCount; index++) {
      places.push({ source: 'transcript', ts: entry.ts, sourceSeq: ++sourceSeq, entry, index });
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

/** The lines of events.jsonl, redacted, each with its line feed; a file without events is one line feed. */
export async function* eventLines(
  places: readonly EventPlace[],
  runtime: RuntimeIndex,
  transcript: TranscriptIndex,
  identity: SessionIdentity,
  redactor: Redactor,
): AsyncGenerator<string> {
  const readTranscriptEvent = createTranscriptReader(transcript, identity, redactor);
  if (places.length === 0) yield '\n';
  for (const [index, place] of places.entries()) {
    const seq = index + 1;
    const event =
      place.source === 'runtime'
        ? runtimeEvent(await runtime.readEvent(place.line), seq, redactor)
        : await readTranscriptEvent(place, seq);
    yield `${JSON.stringify(event)}\n`;
  }
}

/** All keys it had, in their order. It was sanitised when it was recorded; a foreign or older writer may not have. */
function runtimeEvent(stored: Readonly<Record<string, unknown>>, seq: number, redactor: Redactor): unknown {
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

/** Reads events of the transcript; those of one entry follow one another nearly always. */
function createTranscriptReader(
  transcript: TranscriptIndex,
  identity: SessionIdentity,
  redactor: Redactor,
): (place: TranscriptEventPlace, seq: number) => Promise<unknown> {
  const sessionId = redactor.secrets(identity.sessionId);
  const sessionKey = redactor.secrets(identity.sessionKey);
  const workspaceDir = redactor.path(identity.workspaceDir);
  let lastEntry: BranchEntry | undefined;
  let links: { readonly entryId: unknown; readonly parentEntryId: unknown } | undefined;
  let contents: readonly EventContent[] = [];
  return async (place, seq) => {
    if (place.entry !== lastEntry) {
      const entry = await transcript.readEntry(place.entry);
      contents = transcriptEvents(entry);
      links = { entryId: redactor.secrets(entry['id']), parentEntryId: redactor.secrets(entry['parentId']) };
      lastEntry = place.entry;
    }
    const content = contents[place.index];
    return {
      traceSchema: 'openclaw-trajectory',
      schemaVersion: 1,
      traceId: sessionId,
      source: 'transcript',
      type: redactor.secrets(content?.type),
      ts: place.ts,
      seq,
      sourceSeq: place.sourceSeq,
      sessionId,
      sessionKey,
      workspaceDir,
      ...links,
      data: redactor.value(content?.data),
    };
  };
}
