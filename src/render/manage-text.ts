import type { KeySuccess, Operation } from '../core/manage/plan.ts';
import type { ManageReport } from '../core/manage/report.ts';
import { mainAgentId } from '../core/agent-id.ts';
import { printableLine } from '../core/printable.ts';
import { parseAgentKey } from '../core/session-key.ts';

/** One or more lines per key that is fine, worded as in 2026.9.6; failures go to stderr. Empty when there is none. */
export function renderManageText({ operation, results }: ManageReport, agentId: string | undefined): string {
  return results
    .flatMap((result) => (result.ok ? linesOf(operation, result, agentId) : []))
    .map((line) => `${printableLine(line)}\n`)
    .join('');
}

function linesOf(
  operation: Operation,
  { key, status, archived = [] }: KeySuccess,
  agentId: string | undefined,
): string[] {
  switch (status) {
    case 'archived':
      return [`Archived session ${key}.`];
    case 'already_archived':
      return [`Session ${key} is already archived.`];
    case 'deleted':
      return [
        `Deleted session ${key}.`,
        ...archived.map((path) => `Archived transcript: ${path}`),
        // Only the releases that compress what they put aside search it too.
        ...(archived.some((path) => path.endsWith('.zst')) ? memoryHint(key, agentId) : []),
      ];
    case 'reset':
      return [`Reset session ${key}.`];
    case 'would_delete':
      return [`[dry-run] delete session ${key} and its live transcript state`];
    case 'would_archive':
    case 'would_reset':
      return [`[dry-run] ${operation} session ${key}`];
  }
}

function memoryHint(key: string, agentId: string | undefined): string[] {
  const agent = parseAgentKey(key)?.agentId ?? agentId ?? mainAgentId;
  return [
    'Archived transcripts can remain eligible for memory search.',
    `To remove indexed memories for this session, run openclaw memory forget --agent ${shellWord(agent)} --session ${shellWord(key)} on the Gateway host or container using its state and configuration.`,
  ];
}

/** A key is data: in a line made for copying it stays one word. */
function shellWord(text: string): string {
  return /^[\w:.@%+,/=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
