import { isJsonObject } from '../json.ts';
import { sanitizePayload } from '../redaction/payload.ts';
import type { TranscriptEntry } from '../transcript/entry.ts';

/** What an entry of the transcript says in a bundle: the part of an event that depends on it. */
export interface EventContent {
  readonly type: string;
  readonly data: unknown;
}

/** Sanitised where OpenClaw 2026.5.12 does it; members that are undefined are not written. */
type EventData = Readonly<Record<string, unknown>>;

/**
 * The events of an entry in order: one of its own, then one for each tool call of an assistant.
 *
 * @param redactedMessage the message of the entry, redacted: it is as long as all the rest
 * @param redact what has to be done to other data
 */
export function transcriptEvents(
  entry: TranscriptEntry,
  redactedMessage: unknown,
  redact: (data: EventData) => unknown,
): readonly EventContent[] {
  if (entry.type === 'message') {
    const calls = toolCallData(entry).map((data) => ({ type: 'tool.call', data: redact(data) }));
    return [{ type: messageType(entry), data: { message: redactedMessage } }, ...calls];
  }
  const own = ownEvent(entry);
  return own === undefined ? [] : [{ type: own.type, data: redact(own.data) }];
}

/** The data of the events of tool calls. */
export function toolCallData(entry: TranscriptEntry): readonly EventData[] {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return toolCalls(entry).map(({ block, blockIndex }) => ({
    toolCallId: text(block['id']),
    name: text(block['name']),
    arguments: sanitizePayload(block['arguments'] ?? block['input'] ?? block['parameters']),
    assistantEntryId: entry['id'],
    blockIndex,
  }));
}

/** How many events `transcriptEvents` gives. */
export function countTranscriptEvents(entry: TranscriptEntry): number {
  return ownEventTypes.has(entry.type) ? 1 + toolCalls(entry).length : 0;
}

/** A timestamp as written in events; what is no time is the beginning of time. */
export function eventTime(timestamp: string | number): string {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? '1970-01-01T00:00:00.000Z' : time.toISOString();
}

const ownEventTypes: ReadonlySet<string> = new Set([
  'message',
  'compaction',
  'branch_summary',
  'custom',
  'custom_message',
  'thinking_level_change',
  'model_change',
  'label',
  'session_info',
]);

function ownEvent(entry: TranscriptEntry): { readonly type: string; readonly data: EventData } | undefined {
  const { summary, details, fromHook } = entry;
  const made = { details: sanitizePayload(details), fromHook: fromHook ?? false };
  switch (entry.type) {
    case 'compaction': {
      const { firstKeptEntryId, tokensBefore } = entry;
      return { type: 'session.compaction', data: { summary, firstKeptEntryId, tokensBefore, ...made } };
    }
    case 'branch_summary':
      return { type: 'session.branch_summary', data: { fromId: entry['fromId'], summary, ...made } };
    case 'custom':
      return {
        type: 'session.custom',
        data: { customType: entry['customType'], data: sanitizePayload(entry['data']) },
      };
    case 'custom_message': {
      const { customType, content, display } = entry;
      return {
        type: 'session.custom_message',
        data: { customType, content: sanitizePayload(content), details: made.details, display },
      };
    }
    case 'thinking_level_change':
      return { type: 'session.thinking_level_change', data: { thinkingLevel: entry['thinkingLevel'] } };
    case 'model_change':
      return { type: 'session.model_change', data: { provider: entry['provider'], modelId: entry['modelId'] } };
    case 'label':
      return { type: 'session.label', data: { targetId: entry['targetId'], label: entry['label'] } };
    case 'session_info':
      return { type: 'session.info', data: { name: entry['name'] } };
    default:
      return undefined;
  }
}

function messageType(entry: TranscriptEntry): string {
  const role = roleOf(entry);
  if (role === 'user' || role === 'assistant') return `${role}.message`;
  return role === 'toolResult' ? 'tool.result' : `message.${role}`;
}

const roleOf = ({ message }: TranscriptEntry): string =>
  isJsonObject(message) && typeof message['role'] === 'string' ? message['role'] : '';

interface ToolCall {
  readonly block: Readonly<Record<string, unknown>>;
  /** Its place in the content of the message, from 0. */
  readonly blockIndex: number;
}

function toolCalls(entry: TranscriptEntry): readonly ToolCall[] {
  const { message } = entry;
  if (entry.type !== 'message' || !isJsonObject(message) || message['role'] !== 'assistant') return [];
  const content: unknown = message['content'];
  if (!Array.isArray(content)) return [];
  return content.flatMap((block: unknown, blockIndex) => {
    const isCall =
      isJsonObject(block) && typeof block['type'] === 'string' && toolCallTypes.has(block['type'].trim().toLowerCase());
    return isCall ? [{ block, blockIndex }] : [];
  });
}

const toolCallTypes: ReadonlySet<string> = new Set(['toolcall', 'tooluse', 'functioncall']);
