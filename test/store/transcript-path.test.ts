import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findTranscriptPath } from '../../src/files/transcript-path.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';

test('resolves against the real folder when the store is reached through a link', () => {
  const root = writeTree(scratchFolder(), { 'real/sessions/sessions.json': {}, 'real/sessions/t.jsonl': 'x' });
  fs.symlinkSync(path.join(root, 'real'), path.join(root, 'link'));
  const store = path.join(root, 'link/sessions/sessions.json');
  const expected = path.join(root, 'real/sessions/t.jsonl');
  expect(findTranscriptPath({ sessionFile: path.join(root, 'link/sessions/t.jsonl') }, store, root)).toBe(expected);
  expect(findTranscriptPath({ sessionFile: 't.jsonl' }, store, root)).toBe(expected);
});

test('a folder that does not exist has transcripts in name only', () => {
  const store = path.join(scratchFolder(), 'none/sessions.json');
  expect(findTranscriptPath({ sessionId: 's' }, store, '/nowhere')).toBe(path.join(path.dirname(store), 's.jsonl'));
});
