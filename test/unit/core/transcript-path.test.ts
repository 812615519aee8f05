import fc from 'fast-check';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isInside, resolveTranscriptPath } from '../../../src/core/transcript-path.ts';

const stateDir = '/home/u/.openclaw';
const dir = '/home/u/.openclaw/agents/main/sessions';
const folder = { dir, stateDir };

/** Resolves with only the named files there; a pair is a link and what it leads to. */
function resolve(fields: { sessionId?: unknown; sessionFile?: unknown }, ...there: (string | [string, string])[]) {
  const found = new Map(there.map((each) => (typeof each === 'string' ? [each, each] : each)));
  return resolveTranscriptPath(fields, folder, (file) => found.get(path.normalize(file)));
}

describe('without a usable sessionFile the session id names the transcript', () => {
  test.each([undefined, '', '  ', 7, null, '../outside.jsonl', '/etc/passwd', '..hidden.jsonl'])(
    '%j',
    (sessionFile) => {
      expect(resolve({ sessionId: ' s-1 ', sessionFile }, '/etc/passwd')).toBe(`${dir}/s-1.jsonl`);
    },
  );
});

describe('a sessionFile inside the folder is taken, whether it exists or not', () => {
  test.each([
    ['custom.jsonl', `${dir}/custom.jsonl`],
    [' custom.jsonl ', `${dir}/custom.jsonl`],
    ['sub/t.jsonl', `${dir}/sub/t.jsonl`],
    ['sub/../t.jsonl', `${dir}/t.jsonl`],
    [`${dir}/t.jsonl`, `${dir}/t.jsonl`],
  ])('%s', (sessionFile, expected) => {
    expect(resolve({ sessionId: 's', sessionFile })).toBe(expected);
  });
});

test('an absolute sessionFile is compared by what it really is', () => {
  const link: [string, string] = ['/srv/sessions/t.jsonl', `${dir}/t.jsonl`];
  expect(resolve({ sessionId: 's', sessionFile: '/srv/sessions/t.jsonl' }, link)).toBe(`${dir}/t.jsonl`);
  const out: [string, string] = [`${dir}/t.jsonl`, '/etc/passwd'];
  expect(resolve({ sessionId: 's', sessionFile: `${dir}/t.jsonl` }, out)).toBe(`${dir}/s.jsonl`);
});

test('a path that climbs out from below is refused like any path outside (V15)', () => {
  expect(resolve({ sessionId: 's', sessionFile: 'sub/../../../../x.jsonl' })).toBe(`${dir}/s.jsonl`);
});

describe('the sessions folder of another agent', () => {
  test.each([
    [`${stateDir}/agents/work/sessions/w.jsonl`],
    [`${stateDir}/agents/work/sessions/sub/w.jsonl`],
    ['/elsewhere/agents/work/sessions/w.jsonl'],
  ])('%s is taken', (sessionFile) => {
    expect(resolve({ sessionId: 's', sessionFile }, sessionFile)).toBe(sessionFile);
  });

  test.each([
    ['/elsewhere/agents/work/sessions/sub/w.jsonl'],
    ['/elsewhere/agents/Not Normal/sessions/w.jsonl'],
    ['/elsewhere/work/sessions/w.jsonl'],
    ['/elsewhere/agents/work/w.jsonl'],
  ])('%s is not', (sessionFile) => {
    expect(resolve({ sessionId: 's', sessionFile }, sessionFile)).toBe(`${dir}/s.jsonl`);
  });
});

describe('a moved store (V10)', () => {
  const sessionFile = '/old/.openclaw/agents/main/sessions/s-topic-4.jsonl';

  test('finds the file of the same name beside the store', () => {
    expect(resolve({ sessionId: 's', sessionFile }, `${dir}/s-topic-4.jsonl`)).toBe(`${dir}/s-topic-4.jsonl`);
  });

  test('keeps to the named path when it is still there, or nothing is beside the store', () => {
    expect(resolve({ sessionId: 's', sessionFile }, sessionFile, `${dir}/s-topic-4.jsonl`)).toBe(sessionFile);
    expect(resolve({ sessionId: 's', sessionFile })).toBe(sessionFile);
  });

  test('does not take the store itself for a transcript', () => {
    const fields = { sessionId: 's', sessionFile: '/old/sessions.json' };
    expect(resolve(fields, `${dir}/sessions.json`)).toBe(`${dir}/s.jsonl`);
  });
});

describe('no path at all', () => {
  test.each([undefined, null, 7, '', '../x', '/etc/passwd', 'a/b'])('session id %j', (sessionId) => {
    expect(resolve({ sessionId })).toBeUndefined();
  });
});

test('a relative sessionFile never leads out of the folder', () => {
  const part = fc.constantFrom('..', '.', 'a', 'b.jsonl', '', '...', '..x');
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
      const found = resolve({ sessionId: 's', sessionFile: parts.join('/').replace(/^\/+/, '') });
      expect(found === dir || (found !== undefined && isInside(dir, found))).toBe(true);
    }),
  );
});
