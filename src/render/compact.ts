import type { CompactReport } from '../core/manage/compact.ts';
import { printableLine } from '../core/printable.ts';

/** The line about a compaction, worded as in 2026.9.6. A failed one goes to stderr. */
export function renderCompactText({ key, status, reason, keptLines, tokens }: CompactReport): string {
  switch (status) {
    case 'compacted': {
      const kept = keptLines === undefined ? '' : ` (kept ${keptLines} lines)`;
      const size = tokens === undefined ? kept : ` (${tokens.before} → ${tokens.after} tokens)`;
      return printableLine(`Compacted session ${key}${size}.`);
    }
    case 'not_needed':
      return printableLine(`No compaction needed for session ${key}${reason === undefined ? '' : ` (${reason})`}.`);
    case 'failed':
      return printableLine(`Compaction failed for session ${key}${reason === undefined ? '' : `: ${reason}`}.`);
  }
}
