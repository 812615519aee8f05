import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { FileStep } from '../../src/core/cleanup/steps.ts';
import { performSteps } from '../../src/files/file-steps.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const clock = { nowMs: Date.now(), isRunning: () => false };
const step: FileStep = {
  effect: 'archive',
  file: 'a.jsonl',
  archive: 'a.jsonl.deleted.2026-01-01T00-00-00.000Z',
  why: 'row-removed',
  key: 'agent:main:a',
  facts: undefined,
};

test('an archive is never put over another file', async () => {
  const dir = scratchFolder();
  fs.writeFileSync(path.join(dir, step.file), 'new');
  fs.writeFileSync(path.join(dir, step.archive ?? ''), 'archived before');
  const undone = await performSteps(dir, [step], clock, () => undefined);
  expect(undone.map(({ reason }) => reason.code)).toEqual(['failed']);
  expect(fs.readFileSync(path.join(dir, step.file), 'utf8')).toBe('new');
  expect(fs.readFileSync(path.join(dir, step.archive ?? ''), 'utf8')).toBe('archived before');
});
