import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findSidecar, type SidecarPlace } from '../../src/files/sidecar.ts';
import { scratchFolder, writeTree } from '../helpers/scratch.ts';

function place(folder: string, more: Partial<SidecarPlace> = {}): SidecarPlace {
  return {
    sessionId: 'id.1',
    transcript: path.join(folder, 'sessions/t.jsonl'),
    trajectoryDir: undefined,
    cwd: folder,
    ...more,
  };
}
const pointer = (runtimeFile: unknown, sessionId = 'id.1'): object => ({ sessionId, runtimeFile });

test('the pointer comes before the file beside the transcript, and that before the trajectory folder', async () => {
  const folder = scratchFolder();
  const elsewhere = path.join(folder, 'else/id_1.jsonl');
  writeTree(folder, { 'sessions/': '', 'traces/id_1.jsonl': '', 'else/id_1.jsonl': '' });
  const trajectoryDir = path.join(folder, 'traces');
  expect(await findSidecar(place(folder))).toBeUndefined();
  expect(await findSidecar(place(folder, { trajectoryDir }))).toBe(path.join(trajectoryDir, 'id_1.jsonl'));
  writeTree(folder, { 'sessions/t.trajectory.jsonl': '' });
  expect(await findSidecar(place(folder, { trajectoryDir }))).toBe(path.join(folder, 'sessions/t.trajectory.jsonl'));
  writeTree(folder, { 'sessions/t.trajectory-path.json': pointer(elsewhere) });
  expect(await findSidecar(place(folder, { trajectoryDir }))).toBe(elsewhere);
  writeTree(folder, { 'sessions/t.trajectory-path.json': pointer('else/id_1.jsonl') });
  expect(await findSidecar(place(folder))).toBe(elsewhere);
});

test.each([
  ['a file with another name', '/etc/passwd', 'id.1'],
  ['the pointer of another session', 'else/id_1.jsonl', 'other'],
  ['a file that is not there', 'gone/id_1.jsonl', 'id.1'],
  ['a folder', 'dir/id_1.jsonl', 'id.1'],
  ['a link', 'link/id_1.jsonl', 'id.1'],
  ['no text', 5, 'id.1'],
])('a pointer to %s is passed over', async (_what, runtimeFile, sessionId) => {
  const folder = scratchFolder();
  writeTree(folder, {
    'sessions/t.trajectory.jsonl': '',
    'else/id_1.jsonl': '',
    'dir/id_1.jsonl/': '',
    'link/': '',
    'sessions/t.trajectory-path.json': pointer(runtimeFile, sessionId),
  });
  fs.symlinkSync(path.join(folder, 'else/id_1.jsonl'), path.join(folder, 'link/id_1.jsonl'));
  expect(await findSidecar(place(folder))).toBe(path.join(folder, 'sessions/t.trajectory.jsonl'));
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '"x"',
  `{"sessionId":"id.1","runtimeFile":"else/id_1.jsonl","x":"${'x'.repeat(70_000)}"}`,
])('a pointer that is none (%#) is passed over', async (text) => {
  const folder = scratchFolder();
  writeTree(folder, { 'else/id_1.jsonl': '', 'sessions/t.trajectory-path.json': text });
  expect(await findSidecar(place(folder))).toBeUndefined();
});

test('neither a pointer nor a sidecar that is a link is followed', async () => {
  const folder = scratchFolder();
  writeTree(folder, { 'sessions/': '', 'else/p.json': pointer('else/id_1.jsonl'), 'else/id_1.jsonl': '' });
  fs.symlinkSync(path.join(folder, 'else/p.json'), path.join(folder, 'sessions/t.trajectory-path.json'));
  fs.symlinkSync(path.join(folder, 'else/id_1.jsonl'), path.join(folder, 'sessions/t.trajectory.jsonl'));
  expect(await findSidecar(place(folder))).toBeUndefined();
});

test('a transcript with another ending has its sidecar behind the whole name', async () => {
  const folder = scratchFolder();
  writeTree(folder, { 'sessions/t.log.trajectory.jsonl': '' });
  const transcript = path.join(folder, 'sessions/t.log');
  expect(await findSidecar(place(folder, { transcript }))).toBe(path.join(folder, 'sessions/t.log.trajectory.jsonl'));
});
