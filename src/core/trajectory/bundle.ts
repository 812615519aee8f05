import { SessionsError } from '../../errors.ts';
import { sanitizePayload } from '../redaction/payload.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { LineSource } from '../transcript/lines.ts';
import { orderEvents, type SessionIdentity } from './events.ts';
import { eventsAndBranch } from './events-and-branch.ts';
import { type DocumentMembers, jsonDocument, Stream } from './json-document.ts';
import { indexRuntime, type RuntimeIndex } from './runtime-index.ts';
import { createSkillUse, hasSkills } from './skills.ts';
import { artifactsMembers, metadataMembers, promptsMembers } from './supplements.ts';
import { toolCallData } from './transcript-events.ts';
import { indexTranscript, type TranscriptIndex } from './transcript-index.ts';
import { createWarnings, type ExportWarning } from './warnings.ts';

/** Limits of OpenClaw 2026.5.12: events in one bundle, and bytes of a transcript or a sidecar. */
const maxEvents = 250_000;
const maxSourceBytes = 50 * 1024 * 1024;

export interface BundleInput extends SessionIdentity {
  readonly transcript: LineSource;
  /** Undefined when the session has no runtime trajectory. */
  readonly runtime: LineSource | undefined;
  /** Where both come from, as shown in the manifest; not redacted yet. */
  readonly sourceFiles: { readonly session: string; readonly runtime?: string | undefined };
  readonly redactor: Redactor;
  /** Time of the export, ms since epoch. */
  readonly nowMs: number;
}

/** What a bundle will be, known before anything of it is written: all input has been read once and found good. */
export interface BundlePlan {
  readonly eventCount: number;
  readonly runtimeEventCount: number;
  readonly transcriptEventCount: number;
  /** In the order of the manifest. */
  readonly files: readonly PlannedFile[];
  /** The text of these files, in pieces; reads the input again. Pieces of files that show the same take turns. */
  content(): AsyncIterable<BundlePiece>;
  /** The text of manifest.json; it comes last, because it tells the sizes of the others. */
  manifest(bytes: (file: PlannedFile) => number): string;
  readonly warnings: readonly ExportWarning[];
}

export interface PlannedFile {
  readonly name: BundleFileName;
  readonly mediaType: string;
}

export interface BundlePiece {
  readonly file: BundleFileName;
  readonly text: string;
}

export type BundleFileName =
  | 'metadata.json'
  | 'artifacts.json'
  | 'prompts.json'
  | 'events.jsonl'
  | 'session-branch.json'
  | 'system-prompt.txt'
  | 'tools.json';

/**
 * Reads transcript and runtime trajectory once and says what the bundle will be.
 *
 * @throws SessionsError EXPORT_FAILED when a limit is passed
 */
export async function planBundle(input: BundleInput): Promise<BundlePlan> {
  const { redactor, sessionId, sessionKey } = input;
  checkSize(input.transcript, 'session');
  checkSize(input.runtime, 'runtime');
  const warnings = createWarnings();
  const transcript = await indexTranscript(input.transcript, warnings);
  const runtime = await indexRuntime(input.runtime, sessionId, warnings);
  const transcriptEventCount = transcript.branch.reduce((sum, entry) => sum + entry.eventCount, 0);
  const eventCount = runtime.events.length + transcriptEventCount;
  if (eventCount > maxEvents) {
    throw new SessionsError(
      'EXPORT_FAILED',
      `Trajectory export has too many events (${eventCount}; limit ${maxEvents})`,
    );
  }
  const order = orderEvents(runtime, transcript);
  const identity: DocumentMembers = [
    ['traceSchema', 'openclaw-trajectory'],
    ['schemaVersion', 1],
    ['generatedAt', new Date(input.nowMs).toISOString()],
    ['traceId', redactor.secrets(sessionId)],
    ['sessionId', redactor.secrets(sessionId)],
    ['sessionKey', redactor.secrets(sessionKey)],
  ];
  const redacted = (value: unknown): unknown => redactor.value(sanitizePayload(value));
  const supplement = (name: BundleFileName, members: DocumentMembers | undefined): Part[] =>
    members === undefined ? [] : [json(name, () => jsonDocument([...identity, ...redactMembers(members, redacted)]))];

  const { context } = runtime.latest;
  const skills = await findUsedSkills(runtime, transcript);
  const supplements = [
    ...supplement('metadata.json', metadataMembers(runtime, skills)),
    ...supplement('artifacts.json', artifactsMembers(runtime.latest)),
    ...supplement(
      'prompts.json',
      await promptsMembers(runtime, async (line) => (await runtime.readEvent(line)).data?.['prompt']),
    ),
  ];
  const systemPrompt = context?.['systemPrompt'];
  const tools = context?.['tools'];
  const parts: readonly Part[] = [
    ...supplements,
    {
      files: [
        { name: 'events.jsonl', mediaType: 'application/x-ndjson' },
        { name: 'session-branch.json', mediaType: 'application/json' },
      ],
      content: () => eventsAndBranch(order, runtime, transcript, input, redactor),
    },
    ...(typeof systemPrompt === 'string' && systemPrompt !== '' ? [systemPromptFile(redacted(systemPrompt))] : []),
    ...(Array.isArray(tools) ? [json('tools.json', () => [`${JSON.stringify(redacted(tools), null, 2)}\n`])] : []),
  ];
  const files = parts.flatMap((part) => part.files);
  const counts = { eventCount, runtimeEventCount: runtime.events.length, transcriptEventCount };
  return {
    ...counts,
    files,
    async *content() {
      for (const part of parts) yield* part.content();
    },
    warnings: warnings.list(),
    manifest(bytes) {
      const { session, runtime: sidecar } = input.sourceFiles;
      const document = {
        ...Object.fromEntries(identity),
        workspaceDir: redactor.path(input.workspaceDir),
        leafId: redactor.secrets(transcript.leafId),
        ...counts,
        sourceFiles: {
          session: redactor.path(session),
          runtime: sidecar === undefined ? undefined : redactor.path(sidecar),
        },
        warnings: atLeastOne(warnings.list()),
        supplementalFiles: atLeastOne(supplements.flatMap((part) => part.files.map(({ name }) => name))),
        contents: files.map((file) => ({ path: file.name, mediaType: file.mediaType, bytes: bytes(file) })),
      };
      return `${JSON.stringify(document, null, 2)}\n`;
    },
  };
}

function checkSize(source: LineSource | undefined, name: string): void {
  if (source === undefined || source.bytes <= maxSourceBytes) return;
  throw new SessionsError(
    'EXPORT_FAILED',
    `Trajectory ${name} file is too large to export (${source.bytes} bytes; limit ${maxSourceBytes})`,
  );
}

/** Files that are made together. */
interface Part {
  readonly files: readonly PlannedFile[];
  content(): AsyncIterable<BundlePiece>;
}

function oneFile(name: BundleFileName, mediaType: string, text: () => AsyncIterable<string> | Iterable<string>): Part {
  return {
    files: [{ name, mediaType }],
    async *content() {
      for await (const piece of text()) yield { file: name, text: piece };
    },
  };
}

const json = (name: BundleFileName, text: () => AsyncIterable<string> | Iterable<string>): Part =>
  oneFile(name, 'application/json', text);

function systemPromptFile(prompt: unknown): Part {
  const text = String(prompt);
  return oneFile('system-prompt.txt', 'text/plain; charset=utf-8', () => [text.endsWith('\n') ? text : `${text}\n`]);
}

const atLeastOne = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

function redactMembers(members: DocumentMembers, redacted: (value: unknown) => unknown): DocumentMembers {
  return members.map(([key, value]) => [
    key,
    value instanceof Stream ? new Stream(mapStream(value.values, redacted)) : redacted(value),
  ]);
}

async function* mapStream(values: AsyncIterable<unknown>, change: (value: unknown) => unknown): AsyncGenerator {
  for await (const value of values) yield change(value);
}

/** Looks through the tool calls of both sources, if there is any skill they could have used. */
async function findUsedSkills(
  runtime: RuntimeIndex,
  transcript: TranscriptIndex,
): Promise<(skills: unknown) => unknown> {
  const use = createSkillUse();
  if (hasSkills(runtime.latest.metadata?.['skills'])) {
    for (const line of runtime.toolCallLines) use.see((await runtime.readEvent(line)).data?.['arguments']);
    for (const entry of transcript.branch) {
      // The first event of an entry is its own.
      if (entry.eventCount < 2) continue;
      for (const data of toolCallData(await transcript.readEntry(entry))) use.see(data['arguments']);
    }
  }
  return (skills) => use.annotate(skills);
}
