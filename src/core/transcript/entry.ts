import { isJsonObject, type JsonObject } from '../json.ts';
import { parseObject, type ParsedRow } from './rows.ts';

/**
 * One line of a transcript (docs/formats.md, transcripts), as stored: unknown keys and types have to be kept. The
 * interfaces below say what OpenClaw writes; a reader must be ready for any value in any field but `type`.
 */
export interface TranscriptEntry extends JsonObject {
  readonly type: string;
}

/** The first line. The only one without `parentId`. */
export interface SessionHeader extends TranscriptEntry {
  readonly type: 'session';
  /** 3; missing or 1: no ids, linear; 2: role `hookMessage` for `custom`. */
  readonly version?: number;
  /** After a reset the new transcript keeps the old file name: the session id of the store entry is the authority. */
  readonly id: string;
  /** ISO, UTC. */
  readonly timestamp: string;
  readonly cwd: string;
  /** Path of the transcript that this one was branched from. */
  readonly parentSession?: string;
}

/** What every line but the header has. */
export interface LinkedEntry extends TranscriptEntry {
  /** 8 hex digits, or a UUID; unique in the file. */
  readonly id: string;
  /** The line before it on its branch; null for the first. */
  readonly parentId: string | null;
  /** ISO, UTC, with milliseconds; old writers: ms since epoch. */
  readonly timestamp: string | number;
}

export interface MessageEntry extends LinkedEntry {
  readonly type: 'message';
  readonly message: Message;
}

export interface ModelChangeEntry extends LinkedEntry {
  readonly type: 'model_change';
  readonly provider: string;
  readonly modelId: string;
}

export interface ThinkingLevelChangeEntry extends LinkedEntry {
  readonly type: 'thinking_level_change';
  readonly thinkingLevel: string;
}

/** The lines before `firstKeptEntryId` stay in the file; the model sees the summary and the lines from there on. */
export interface CompactionEntry extends LinkedEntry {
  readonly type: 'compaction';
  readonly summary: string;
  readonly firstKeptEntryId: string;
  readonly tokensBefore: number;
  /** Tool-specific; usually `{readFiles: [], modifiedFiles: []}`. */
  readonly details?: unknown;
  /** Made by a hook. */
  readonly fromHook?: boolean;
}

export interface BranchSummaryEntry extends LinkedEntry {
  readonly type: 'branch_summary';
  readonly fromId: string;
  readonly summary: string;
  readonly details?: unknown;
  readonly fromHook?: boolean;
}

/** State of the runtime or an extension, such as `model-snapshot` and `openclaw:prompt-error`: opaque. */
export interface CustomEntry extends LinkedEntry {
  readonly type: 'custom';
  readonly customType: string;
  readonly data?: unknown;
}

/** Text that an extension put into the conversation. */
export interface CustomMessageEntry extends LinkedEntry {
  readonly type: 'custom_message';
  readonly customType: string;
  readonly content: string | readonly ContentBlock[];
  readonly display: boolean;
  readonly details?: unknown;
}

/** A bookmark; without `label` it takes the label away again. */
export interface LabelEntry extends LinkedEntry {
  readonly type: 'label';
  readonly targetId: string;
  readonly label?: string;
}

/** The latest non-empty name is the display name. */
export interface SessionInfoEntry extends LinkedEntry {
  readonly type: 'session_info';
  readonly name?: string;
}

/** Since 2026.7: chooses the active leaf; null for an empty branch. */
export interface LeafEntry extends LinkedEntry {
  readonly type: 'leaf';
  readonly targetId: string | null;
  readonly appendParentId?: string;
  readonly appendMode?: 'side';
}

export type Message = UserMessage | AssistantMessage | ToolResultMessage | BashExecutionMessage | CustomMessage;

export interface UserMessage {
  readonly role: 'user';
  /** Runs of the Gateway put a time stamp in brackets before the text. */
  readonly content: string | readonly ContentBlock[];
  /** Ms since epoch. */
  readonly timestamp: number;
}

export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: readonly ContentBlock[];
  readonly api: string;
  /** `openclaw` for messages that no model wrote (models `delivery-mirror`, `gateway-injected`; usage zero). */
  readonly provider: string;
  readonly model: string;
  readonly usage: Usage;
  readonly stopReason: 'stop' | 'length' | 'toolUse' | 'error' | 'aborted';
  /** Ms since epoch. */
  readonly timestamp: number;
  readonly responseId?: string;
  readonly responseModel?: string;
  /** With stopReason `error` or `aborted`. */
  readonly errorMessage?: string;
  readonly diagnostics?: unknown;
  readonly idempotencyKey?: string;
  readonly openclawAbort?: { readonly aborted: boolean; readonly origin: string; readonly runId: string };
}

/** Tool results of a run that failed often have `isError: false`: `details.status` is `error` then, or an exit code. */
export interface ToolResultMessage {
  readonly role: 'toolResult';
  /** The call may be missing from the file. */
  readonly toolCallId: string;
  readonly toolName: string;
  readonly content: readonly ContentBlock[];
  readonly details?: unknown;
  readonly isError: boolean;
  /** Ms since epoch. */
  readonly timestamp: number;
}

export interface BashExecutionMessage {
  readonly role: 'bashExecution';
  readonly command: string;
  readonly output: string;
  readonly exitCode?: number;
  readonly cancelled: boolean;
  readonly truncated: boolean;
  readonly fullOutputPath?: string;
  /** Ms since epoch. */
  readonly timestamp: number;
  readonly excludeFromContext?: boolean;
}

export interface CustomMessage {
  readonly role: 'custom';
  readonly customType: string;
  readonly content: string | readonly ContentBlock[];
  readonly display: boolean;
  readonly details?: unknown;
  /** Ms since epoch. */
  readonly timestamp: number;
}

export type ContentBlock =
  | { readonly type: 'text'; readonly text: string; readonly textSignature?: string }
  | {
      readonly type: 'thinking';
      readonly thinking: string;
      readonly thinkingSignature?: string;
      readonly redacted?: boolean;
    }
  /** `data` is base64. */
  | { readonly type: 'image'; readonly data: string; readonly mimeType: string }
  | {
      readonly type: 'toolCall';
      readonly id: string;
      readonly name: string;
      readonly arguments: JsonObject;
      readonly partialArgs?: string;
      readonly thoughtSignature?: string;
    };

/** Tokens of one model call, all zero when it failed. */
export interface Usage {
  /** Without cache hits and writes. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** As a rule the sum of the four. */
  readonly totalTokens: number;
  /** US dollars. */
  readonly cost: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly total: number;
  };
}

/**
 * Reads one line. What is no JSON object with a string `type`, and a message without a role, is not a row: OpenClaw
 * 2026.5.12 fails on some of these, 2026.7.35 leaves them out and says so.
 */
export function parseTranscriptRow(text: string): ParsedRow<TranscriptEntry> {
  const parsed = parseObject(text);
  if ('problem' in parsed) return parsed;
  return isTranscriptEntry(parsed.row) ? { row: parsed.row } : { problem: 'not-a-row', value: parsed.row };
}

function isTranscriptEntry(value: JsonObject): value is TranscriptEntry {
  if (typeof value['type'] !== 'string') return false;
  if (value['type'] !== 'message') return true;
  const { message } = value;
  return isJsonObject(message) && typeof message['role'] === 'string';
}
