import { isJsonObject } from '../json.ts';
import { sanitizePayload } from '../redaction/payload.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { TranscriptEntry } from '../transcript/entry.ts';
import type { BundlePiece } from './bundle.ts';
import { createTranscriptEvents, type EventPlace, runtimeEvent, type SessionIdentity } from './events.ts';
import { jsonDocument, Stream } from './json-document.ts';
import type { RuntimeIndex } from './runtime-index.ts';
import { type EventContent, transcriptEvents } from './transcript-events.ts';
import type { TranscriptIndex } from './transcript-index.ts';

/**
 * The text of events.jsonl and of session-branch.json, redacted, by turns: both show the entries of the branch, and each is
 * read, parsed and redacted once for both. Events nearly always stand in the order of the branch; for those that do not, an
 * entry is read again.
 */
export async function* eventsAndBranch(
  places: readonly EventPlace[],
  runtime: RuntimeIndex,
  transcript: TranscriptIndex,
  identity: SessionIdentity,
  redactor: Redactor,
): AsyncGenerator<BundlePiece> {
  const readEntry = createEntryReader(transcript, redactor);
  const transcriptEvent = createTranscriptEvents(identity, redactor);
  let shown = 0;
  async function* entries(): AsyncGenerator {
    while (shown < transcript.branch.length) yield (await readEntry(shown++)).redacted;
  }
  const branch = jsonDocument([
    ['header', redactor.value(sanitizePayload(transcript.header))],
    ['leafId', redactor.value(sanitizePayload(transcript.leafId))],
    ['entries', new Stream(entries())],
  ]);
  if (places.length === 0) yield { file: 'events.jsonl', text: '\n' };
  for (const [index, place] of places.entries()) {
    const seq = index + 1;
    let event: unknown;
    if (place.source === 'runtime') event = runtimeEvent(await runtime.readEvent(place.line), seq, redactor);
    else {
      while (shown <= place.position) yield branchPiece((await branch.next()).value ?? '');
      const { entry, contents } = await readEntry(place.position);
      event = transcriptEvent(entry, contents[place.index], place, seq);
    }
    yield { file: 'events.jsonl', text: `${JSON.stringify(event)}\n` };
  }
  for await (const text of branch) yield branchPiece(text);
}

const branchPiece = (text: string): BundlePiece => ({ file: 'session-branch.json', text });

interface ReadEntry {
  readonly position: number;
  /** As stored. */
  readonly entry: TranscriptEntry;
  readonly redacted: unknown;
  /** Of its events, redacted. */
  readonly contents: readonly EventContent[];
}

/** Reads entries by their place on the branch; the last one is kept. */
function createEntryReader(transcript: TranscriptIndex, redactor: Redactor): (position: number) => Promise<ReadEntry> {
  let last: ReadEntry | undefined;
  return async (position) => {
    const row = transcript.branch[position];
    if (row === undefined) throw new RangeError(`no entry ${position} on the branch`);
    if (last?.position !== position) {
      const entry = await transcript.readEntry(row);
      const redacted = redactor.value(sanitizePayload(entry));
      const message = isJsonObject(redacted) ? redacted['message'] : undefined;
      const contents = transcriptEvents(entry, message, (data) => redactor.value(data));
      last = { position, entry, redacted, contents };
    }
    return last;
  };
}
