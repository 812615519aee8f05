import { expect, test } from 'vitest';
import { defaultBundleName, safeSessionName } from '../../../../src/core/trajectory/names.ts';

test.each([
  ['41ed9dcb-6fa4-4cc2-93f0-6922418e3de1', '41ed9dcb-6fa4-4cc2-93f0-6922418e3de1'],
  ['demo.explicit-1', 'demo_explicit-1'],
  ['..', 'session'],
  ['__', 'session'],
  ['../../x', '______x'],
  ['é', 'session'],
  ['a'.repeat(200), 'a'.repeat(120)],
])('session %s is %s in file names', (id, expected) => {
  expect(safeSessionName(id)).toBe(expected);
});

test('a bundle without a name is called by session and time', () => {
  const nowMs = Date.UTC(2026, 10, 20, 21, 50, 50, 999);
  expect(defaultBundleName('41ed9dcb-6fa4', nowMs)).toBe('openclaw-trajectory-41ed9dcb-2026-11-20T21-50-50');
  expect(defaultBundleName('..', nowMs)).toBe('openclaw-trajectory-session-2026-11-20T21-50-50');
});
