import type { ErrorCode } from '../../errors.ts';
import { normalizeAgentId } from '../agent-id.ts';
import { parseAgentKey } from '../session-key.ts';

/** What can be done to several sessions at once (docs/commands/delete.md, archive.md, reset.md). */
export type Operation = 'archive' | 'delete' | 'reset';

/** A stored session, as far as it matters for what may be done to it. */
export interface FoundSession {
  readonly key: string;
  readonly sessionId: string | undefined;
  /** Undefined when the store does not say, as releases without an archive. */
  readonly isArchived: boolean | undefined;
  /** Whether the store calls it the main session of its agent; undefined when it does not say. */
  readonly isMain: boolean | undefined;
}

/** What became, or would become, of one key. `ok` is true for what needs no further attention. */
export type KeyResult = KeySuccess | KeyFailure;

export interface KeySuccess {
  readonly key: string;
  readonly ok: true;
  readonly status: SuccessStatus;
  /** Paths of the transcripts that a deletion put aside, on the host of the store. */
  readonly archived?: readonly string[];
}

export interface KeyFailure {
  readonly key: string;
  readonly ok: false;
  readonly status: 'not_found' | 'failed';
  readonly error: string;
  /** Decides the exit code. */
  readonly code: ErrorCode;
}

export type SuccessStatus =
  'archived' | 'already_archived' | 'deleted' | 'reset' | 'would_archive' | 'would_delete' | 'would_reset';

/** One key: something to do, or a result that is known without doing anything. */
export type KeyPlan =
  | { readonly kind: 'act'; readonly key: string; readonly session: FoundSession }
  | { readonly kind: 'settled'; readonly result: KeyResult };

export interface KeyQuestion {
  readonly operation: Operation;
  /** As given. */
  readonly key: string;
  /** What the store has under this key; undefined for nothing. */
  readonly session: FoundSession | undefined;
  /** `--agent`. */
  readonly agentId: string | undefined;
  /** Last part of every agent's main key. */
  readonly mainKey: string;
}

/** Decides about one key: unknown ones and main sessions are refused before anything is done, as in 2026.9.6. */
export function planKey({ operation, key, session, agentId, mainKey }: KeyQuestion): KeyPlan {
  const settle = (result: KeyResult): KeyPlan => ({ kind: 'settled', result });
  if (session === undefined) return settle(notFound(key, agentId));
  if (operation !== 'reset' && (session.isMain ?? isMainKey(session.key, mainKey))) {
    const error =
      operation === 'archive' ? "Cannot archive an agent's main session." : `Cannot delete the main session (${key}).`;
    return settle({ key, ok: false, status: 'failed', error, code: 'REFUSED' });
  }
  if (operation === 'archive' && session.isArchived === true) {
    return settle({ key, ok: true, status: 'already_archived' });
  }
  return { kind: 'act', key, session };
}

/** Whether a key can belong to the agent that was named: one that names another agent does not. */
export function isKeyOfAgent(key: string, agentId: string | undefined): boolean {
  const named = parseAgentKey(key)?.agentId;
  return agentId === undefined || named === undefined || normalizeAgentId(named) === normalizeAgentId(agentId);
}

export function notFound(key: string, agentId: string | undefined): KeyFailure {
  const list = agentId === undefined ? 'openclaw sessions list' : `openclaw sessions list --agent ${agentId}`;
  const error = `Session not found. Run ${list} --json to choose a valid key.`;
  return { key, ok: false, status: 'not_found', error, code: 'UNKNOWN_KEY' };
}

/** The result of a key that was to be done and was not, for want of `--yes`. */
export function unconfirmed(operation: 'delete' | 'reset', key: string): KeyFailure {
  const [noun, verb] = operation === 'delete' ? ['Deletion', 'delete'] : ['Reset', 'reset'];
  const error = `${noun} requires confirmation. Pass --yes to ${verb} non-interactively.`;
  return { key, ok: false, status: 'failed', error, code: 'REFUSED' };
}

/** The result of a key in a dry run. */
export function wouldDo(operation: Operation, key: string): KeySuccess {
  return { key, ok: true, status: `would_${operation}` };
}

function isMainKey(key: string, mainKey: string): boolean {
  return key === 'global' || parseAgentKey(key)?.rest === mainKey.toLowerCase();
}
