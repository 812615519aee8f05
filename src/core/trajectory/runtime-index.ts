import type { JsonObject } from '../json.ts';
import type { LineSource } from '../transcript/lines.ts';
import { parseRuntimeRow, type RuntimeEvent } from '../transcript/runtime-event.ts';
import { SessionsError } from '../../errors.ts';
import { rowWarning, type Warnings } from './warnings.ts';

/** At most so many events of the runtime in one bundle (OpenClaw 2026.5.12). */
const maxRuntimeEvents = 200_000;

/** Where an event is and how it is sorted. */
export interface RuntimePlace {
  readonly line: number;
  readonly ts: string;
  /** Orders events of one time: `sourceSeq`, or `seq` without it. */
  readonly sourceSeq: number;
}

/** The data of the last event of each kind in file order, not by time; undefined when that has none. */
export interface LatestData {
  readonly metadata: JsonObject | undefined;
  readonly artifacts: JsonObject | undefined;
  readonly completed: JsonObject | undefined;
  readonly ended: JsonObject | undefined;
  readonly context: JsonObject | undefined;
}

/** What the first pass over a sidecar leaves. */
export interface RuntimeIndex {
  readonly events: readonly RuntimePlace[];
  readonly latest: LatestData;
  /** The model of the last event that names it in any way. */
  readonly lastModel: { readonly provider: unknown; readonly name: unknown; readonly api: unknown } | undefined;
  /** Lines of submitted prompts that are texts. */
  readonly promptLines: readonly number[];
  /** Lines of tool calls. */
  readonly toolCallLines: readonly number[];
  readEvent(line: number): Promise<RuntimeEvent>;
}

/**
 * Reads a sidecar once. Events of other sessions are none of ours: a session that was reset keeps the file.
 *
 * @throws SessionsError EXPORT_FAILED when there are too many
 */
export async function indexRuntime(
  source: LineSource | undefined,
  sessionId: string,
  warnings: Warnings,
): Promise<RuntimeIndex> {
  const events: RuntimePlace[] = [];
  const promptLines: number[] = [];
  const toolCallLines: number[] = [];
  const latest = new Map<string, JsonObject | undefined>();
  let lastModel: RuntimeIndex['lastModel'];
  for await (const { number, text } of source?.lines() ?? []) {
    if (events.length >= maxRuntimeEvents) {
      throw new SessionsError(
        'EXPORT_FAILED',
        `Trajectory runtime file has too many events to export (limit ${maxRuntimeEvents})`,
      );
    }
    const parsed = parseRuntimeRow(text);
    if ('problem' in parsed) {
      warnings.add(rowWarning('runtime', parsed.problem), number);
      continue;
    }
    const event = parsed.row;
    if (event.sessionId !== sessionId) continue;
    events.push({ line: number, ts: event.ts, sourceSeq: event.sourceSeq ?? event.seq });
    if (kept.has(event.type)) latest.set(event.type, event.data);
    if (namesModel(event)) lastModel = { provider: event['provider'], name: event['modelId'], api: event['modelApi'] };
    if (event.type === 'prompt.submitted' && typeof event.data?.['prompt'] === 'string') promptLines.push(number);
    if (event.type === 'tool.call') toolCallLines.push(number);
  }
  return {
    events,
    latest: {
      metadata: latest.get('trace.metadata'),
      artifacts: latest.get('trace.artifacts'),
      completed: latest.get('model.completed'),
      ended: latest.get('session.ended'),
      context: latest.get('context.compiled'),
    },
    lastModel,
    promptLines,
    toolCallLines,
    async readEvent(line) {
      const parsed = parseRuntimeRow((await source?.line(line)) ?? '');
      if ('problem' in parsed) throw new Error(`line ${line} of the runtime trajectory changed while it was read`);
      return parsed.row;
    },
  };
}

const kept: ReadonlySet<string> = new Set([
  'trace.metadata',
  'trace.artifacts',
  'model.completed',
  'session.ended',
  'context.compiled',
]);

const namesModel = ({ provider, modelId, modelApi }: RuntimeEvent): boolean =>
  Boolean(provider) || Boolean(modelId) || Boolean(modelApi);
