import { isJsonObject } from '../json.ts';
import { parseAgentKey } from '../session-key.ts';
import { comparableKey } from './policy.ts';

/** Why the stale, cap and budget steps leave a row alone. */
export type Protection = 'active-key' | 'thread' | 'topic' | 'group-conversation' | 'group-chat';

/**
 * The protection of a row from the stale, cap and budget steps; undefined when there is none (OpenClaw 2026.5.12;
 * docs/commands/cleanup.md, protection). A row is protected when it is the active one, or when it stands for a
 * conversation outside: a group, a channel, a thread, a topic.
 *
 * @param activeKey in the form of `comparableKey`
 */
export function protectionOf(key: string, entry: unknown, activeKey: string | undefined): Protection | undefined {
  if (activeKey !== undefined && comparableKey(key) === activeKey) return 'active-key';
  const agentKey = parseAgentKey(key);
  const rest = agentKey?.rest ?? comparableKey(key);
  if (isSynthetic(rest) || agentKey?.rest.startsWith('cron:') === true) return undefined;
  if (hasThread(key)) return 'thread';
  if (telegramTopic.test(rest)) return 'topic';
  if (groupConversation.test(rest)) return 'group-conversation';
  return isGroupChat(entry) ? 'group-chat' : undefined;
}

// Written in the functions, each would be made anew for every row.
const telegramTopic = /^telegram:(?:group|channel|direct|dm):.+:topic:[^:]+$/;
const groupConversation = /^[^:]+:(?:group|channel):.+$/;
const ofARun = /^(?:subagent|acp|hook|node):/;

/** Keys that runs make for themselves: never a conversation, whatever follows in them. */
function isSynthetic(rest: string): boolean {
  return (
    ofARun.test(rest) ||
    (rest.includes('heartbeat') &&
      (rest === 'heartbeat' || rest.endsWith(':heartbeat') || rest.includes(':heartbeat:')))
  );
}

function hasThread(key: string): boolean {
  const mark = ':thread:';
  const at = key.toLowerCase().lastIndexOf(mark);
  return at !== -1 && key.slice(at + mark.length).trim() !== '';
}

/** By the entry's `chatType`; that of its `origin` counts only where the entry has none. */
function isGroupChat(entry: unknown): boolean {
  if (!isJsonObject(entry)) return false;
  const { origin } = entry;
  const chatType = entry['chatType'] ?? (isJsonObject(origin) ? origin['chatType'] : undefined);
  return typeof chatType === 'string' && groupChats.has(chatType.trim().toLowerCase());
}

const groupChats: ReadonlySet<string> = new Set(['group', 'channel', 'thread']);
