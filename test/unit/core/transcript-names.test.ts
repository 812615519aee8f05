import { describe, expect, test } from 'vitest';
import {
  archiveName,
  classifyName,
  isTranscriptId,
  isTranscriptOf,
  parseArchiveName,
  sidecarNames,
  topicSessionIds,
  transcriptName,
} from '../../../src/core/transcript-names.ts';

const uuid = '11111111-1111-4111-8111-111111111111';

test.each([
  ['s.jsonl', 'transcript'],
  ['.hidden.jsonl', 'transcript'],
  ['odd name.jsonl', 'transcript'],
  ['sessions.jsonl', 'transcript'],
  ['s-topic-7.jsonl', 'transcript'],
  ['s.checkpoint.not-a-uuid.jsonl', 'transcript'],
  [`s.checkpoint.${uuid}.jsonl`, 'checkpoint'],
  [`S.CHECKPOINT.${uuid.toUpperCase()}.JSONL`, 'checkpoint'],
  ['s.trajectory.jsonl', 'sidecar'],
  ['s.trajectory-path.json', 'sidecar'],
  ['s.jsonl.deleted.2026-11-20T21-53-53.026Z', 'archive'],
  ['s.jsonl.reset.2026-11-20T21-53-53Z', 'archive'],
  ['s.jsonl.bak.2026-11-20T21-53-53.026Z', 'archive'],
  ['sessions.json.bak.1700000000000', 'archive'],
  ['s.jsonl.reset.2020-01-01', 'other'],
  ['s.jsonl.bak.1234', 'other'],
  ['s.jsonl.gz', 'other'],
  ['sessions.json', 'other'],
  ['s.jsonl.lock', 'other'],
  ['sessions.json.tmp', 'other'],
  ['x.json', 'other'],
] as const)('%s is by its name: %s', (name, expected) => {
  expect(classifyName(name)).toBe(expected);
});

test('an archive name tells reason and time, taken from its last mark', () => {
  const name = archiveName('a.deleted.b.jsonl', 'deleted', Date.UTC(2026, 10, 20, 21, 53, 53, 26));
  expect(name).toBe('a.deleted.b.jsonl.deleted.2026-11-20T21-53-53.026Z');
  expect(parseArchiveName(name)).toEqual({ reason: 'deleted', archivedAtMs: Date.UTC(2026, 10, 20, 21, 53, 53, 26) });
});

test('a stamp that is no time makes no archive', () => {
  expect(parseArchiveName('s.jsonl.deleted.2026-13-45T99-99-99Z')).toBeUndefined();
});

test.each(['a.jsonl', 'b.jsonl', 'aa.jsonl', 'a.json', 'ajsonl', '.jsonl', ''])(
  '%j is known as a transcript of a session, or not',
  (name) => {
    for (const id of ['a', 'b', 'aa', '']) expect(isTranscriptOf(name, id)).toBe(name === transcriptName(id));
  },
);

describe('a session id may name a transcript', () => {
  test.each(['a', '0', uuid, 'A.b_c-9', 'a'.repeat(128)])('%s', (id) => {
    expect(isTranscriptId(id)).toBe(true);
  });
});

describe('a session id may not name a transcript', () => {
  test.each(['', '../x', '.a', '-a', 'a/b', 'a b', 'a'.repeat(129), `a.checkpoint.${uuid}`])('%j', (id) => {
    expect(isTranscriptId(id)).toBe(false);
  });
});

test('sidecars lie beside the transcript; an ending other than .jsonl stays', () => {
  expect(sidecarNames('s.jsonl')).toEqual({ trajectory: 's.trajectory.jsonl', pointer: 's.trajectory-path.json' });
  expect(sidecarNames('notes.md').trajectory).toBe('notes.md.trajectory.jsonl');
});

test('a topic transcript names its session', () => {
  expect(topicSessionIds('abc-topic-42.jsonl')).toEqual(['abc']);
  expect(topicSessionIds('abc-topic-a%20b.trajectory.jsonl')).toEqual(['abc']);
  expect(topicSessionIds('a-topic-b-topic-42.jsonl')).toEqual(['a', 'a-topic-b']);
  expect(topicSessionIds('abc-topic-42.txt')).toEqual([]);
  expect(topicSessionIds('abc.jsonl')).toEqual([]);
});
