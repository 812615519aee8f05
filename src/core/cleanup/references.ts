import { isJsonObject, nonBlank } from '../json.ts';
import { topicSessionIds } from '../transcript-names.ts';
import { sessionIdOf } from './choose.ts';
import type { CleanupRow } from './snapshot.ts';

/** Why a file stays: a remaining row names it, or it is a topic transcript of a remaining row's session (V10). */
export type Reference = 'named' | 'topic';

/** What the remaining rows hold on to. Rows leave as the plan goes on. */
export interface References {
  /** Undefined when no remaining row keeps the file. */
  keeps(file: string): Reference | undefined;
  /** True when a remaining row has this stored session id. */
  hasSession(sessionId: unknown): boolean;
  add(row: CleanupRow): void;
  drop(row: CleanupRow): void;
}

export function createReferences(rows: Iterable<CleanupRow>): References {
  const named = createCounter<string>();
  const stored = createCounter<unknown>();
  const sessionIds = createCounter<string>();
  const count = (row: CleanupRow, by: 1 | -1): void => {
    for (const file of row.files.own) named.add(file, by);
    for (const file of row.files.copies) named.add(file, by);
    if (isJsonObject(row.entry)) stored.add(row.entry['sessionId'], by);
    const sessionId = nonBlank(sessionIdOf(row.entry));
    if (sessionId !== undefined) sessionIds.add(sessionId, by);
  };
  for (const row of rows) count(row, 1);
  return {
    keeps: (file) => {
      if (named.has(file)) return 'named';
      return topicSessionIds(file).some((sessionId) => sessionIds.has(sessionId)) ? 'topic' : undefined;
    },
    hasSession: (sessionId) => sessionId !== undefined && stored.has(sessionId),
    add: (row) => {
      count(row, 1);
    },
    drop: (row) => {
      count(row, -1);
    },
  };
}

function createCounter<Value>(): { add(value: Value, by: number): void; has(value: Value): boolean } {
  const counts = new Map<Value, number>();
  return {
    add: (value, by) => counts.set(value, (counts.get(value) ?? 0) + by),
    has: (value) => (counts.get(value) ?? 0) > 0,
  };
}
