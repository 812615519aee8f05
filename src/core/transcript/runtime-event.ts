import { isJsonObject, type JsonObject } from '../json.ts';
import { parseObject, type ParsedRow } from './rows.ts';

/**
 * One line of a runtime trajectory (docs/formats.md, sidecars), as stored. Any value inside `data` may have been
 * replaced by `{truncated: true, reason, ...}` when it was recorded: texts over 32768 characters, arrays over 64 items,
 * objects over 64 keys, more than 6 levels, lines over 262144 bytes.
 */
export interface RuntimeEvent extends JsonObject {
  readonly traceSchema: 'openclaw-trajectory';
  readonly schemaVersion: 1;
  readonly source: 'runtime';
  /**
   * In a run: session.started, trace.metadata, context.compiled, prompt.submitted (or prompt.skipped), model.completed,
   * trace.artifacts, session.ended; besides these model.fallback_step, trace.truncated, and tool.* and turn.* of some
   * harnesses. A run that is not over has no session.ended.
   */
  readonly type: string;
  /** A time that Date.parse knows; written as ISO, UTC, with milliseconds. */
  readonly ts: string;
  /** From 1, per run and recorder. */
  readonly seq: number;
  /** As seq in 2026.5.12; runs on over the whole file in 2026.7.35. */
  readonly sourceSeq?: number;
  /** A sidecar can hold several: a session that was reset keeps its file. */
  readonly sessionId: string;
  readonly data?: JsonObject;
}

/** Data of `context.compiled`: what the model was given. */
export interface CompiledContext {
  readonly systemPrompt: string;
  readonly prompt: string;
  readonly messages: readonly unknown[];
  /** Sorted by name. */
  readonly tools: readonly { readonly name: string; readonly description: string; readonly parameters: unknown }[];
  readonly imagesCount: number;
  readonly transcriptLeafId?: string | null;
}

/** Data of `session.ended`. A run whose model call was refused ends with `success` too (2026.5.12). */
export interface RunEnd {
  readonly status: 'success' | 'error' | 'interrupted' | 'cleanup';
  readonly aborted: boolean;
  readonly externalAbort: boolean;
  readonly timedOut: boolean;
  readonly idleTimedOut: boolean;
  readonly timedOutDuringCompaction: boolean;
  readonly timedOutDuringToolExecution: boolean;
  readonly promptError?: string;
}

/** Reads one line. Whose session it is has still to be looked at. */
export function parseRuntimeRow(text: string): ParsedRow<RuntimeEvent> {
  const parsed = parseObject(text);
  if ('problem' in parsed) return parsed;
  return isRuntimeEvent(parsed.row) ? { row: parsed.row } : { problem: 'not-a-row', value: parsed.row };
}

function isRuntimeEvent(value: JsonObject): value is RuntimeEvent {
  return (
    value['traceSchema'] === 'openclaw-trajectory' &&
    value['schemaVersion'] === 1 &&
    value['source'] === 'runtime' &&
    typeof value['type'] === 'string' &&
    typeof value['ts'] === 'string' &&
    !Number.isNaN(Date.parse(value['ts'])) &&
    Number.isFinite(value['seq']) &&
    typeof value['sessionId'] === 'string' &&
    (value['data'] === undefined || isJsonObject(value['data']))
  );
}
