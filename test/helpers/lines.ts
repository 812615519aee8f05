import type { LineSource } from '../../src/core/transcript/lines.ts';

/** A source of lines held in memory; what is no text becomes JSON. */
export function linesOf(rows: readonly unknown[], bytes = 0): LineSource {
  const texts = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
  return {
    bytes,
    async *lines() {
      for (const [index, text] of texts.entries()) {
        await Promise.resolve();
        if (text.trim() !== '') yield { number: index + 1, text: text.trim() };
      }
    },
    line: (number) => Promise.resolve(texts[number - 1]!.trim()),
  };
}

export const header = {
  type: 'session',
  version: 3,
  id: 's',
  timestamp: '2026-01-02T03:04:05.000Z',
  cwd: '/home/user',
};

/** A transcript row at a second of its own. */
export function row(id: string, parentId: unknown, more: object = {}, second = 0): object {
  return { type: 'custom', customType: 'c', id, parentId, timestamp: time(second), ...more };
}

export function message(id: string, parentId: unknown, content: unknown, role = 'user', second = 0): object {
  return { type: 'message', id, parentId, timestamp: time(second), message: { role, content } };
}

/** An event of the runtime of session `s`. */
export function event(type: string, data: unknown = {}, more: object = {}): object {
  return {
    traceSchema: 'openclaw-trajectory',
    schemaVersion: 1,
    traceId: 's',
    source: 'runtime',
    type,
    ts: time(0),
    seq: 1,
    sourceSeq: 1,
    sessionId: 's',
    data,
    ...more,
  };
}

export const time = (second: number): string => `2026-01-02T03:04:${String(second).padStart(2, '0')}.000Z`;
