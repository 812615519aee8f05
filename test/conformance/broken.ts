import fc from 'fast-check';
import { cleanupCases } from './cleanup.ts';
import type { Judge } from './judge.ts';
import { exportCases } from './export.ts';
import { listCases } from './list.ts';
import type { Case } from './state.ts';
import type { Replacement } from './variant.ts';

/** A build of our program with one thing wrong, which the comparison must notice. */
export interface BrokenBuild {
  readonly what: string;
  readonly cases: fc.Arbitrary<Case>;
  readonly replacement: Replacement;
  /** Where to begin: a seed whose first cases show it. */
  readonly seed: number;
}

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    what: 'ordering: oldest rows first',
    seed: 1,
    cases: listCases,
    replacement: { file: 'core/list/select.ts', find: 'b.time - a.time ||', put: 'a.time - b.time ||' },
  },
  {
    what: 'ordering: of equal times the later row first',
    seed: 1,
    cases: listCases,
    replacement: { file: 'core/list/select.ts', find: '|| a.index - b.index', put: '|| b.index - a.index' },
  },
  {
    what: 'protection: channels are none',
    seed: 11,
    cases: cleanupCases,
    replacement: { file: 'core/cleanup/protection.ts', find: '^[^:]+:(?:group|channel):', put: '^[^:]+:(?:group):' },
  },
  {
    what: 'limit: rows go after 31 days',
    seed: 1,
    cases: cleanupCases,
    replacement: { file: 'core/cleanup/policy.ts', find: '= 30 * 86_400_000', put: '= 31 * 86_400_000' },
  },
  {
    what: 'budget arithmetic: a row is a byte shorter',
    seed: 1,
    cases: cleanupCases,
    replacement: {
      file: 'core/cleanup/store-text.ts',
      find: 'Buffer.byteLength(rowText(row)) + 2',
      put: 'Buffer.byteLength(rowText(row)) + 1',
    },
  },
  {
    what: 'budget arithmetic: the folder is brought down to 81%',
    seed: 1,
    cases: cleanupCases,
    replacement: { file: 'core/cleanup/policy.ts', find: 'maxBytes * 0.8', put: 'maxBytes * 0.81' },
  },
  {
    what: 'redaction: tokens of one family stay',
    seed: 4,
    cases: exportCases,
    replacement: {
      file: 'core/redaction/secrets.ts',
      find: 'if (mayHoldTokens(result)) result = maskEach(result, bareTokens);',
      put: '',
    },
  },
  {
    what: 'redaction: texts are cut one character later',
    seed: 2,
    cases: exportCases,
    replacement: { file: 'core/redaction/support.ts', find: 'const maxLength = 2000;', put: 'const maxLength = 2001;' },
  },
];

/** How the comparison came to notice a broken build. */
export interface Catch {
  /** Cases compared until then, or in vain. */
  readonly cases: number;
  /** What the first case that noticed it says; nothing when none of a good many did. */
  readonly unexplained: readonly string[];
}

export async function findCatch({ cases, seed }: BrokenBuild, judge: Judge['judge']): Promise<Catch> {
  let count = 0;
  for (const each of [seed, 2, 4, 5, 7, 8, 9, 10, 11]) {
    for (const given of fc.sample(cases, { seed: each, numRuns: 5 })) {
      count++;
      const { unexplained } = await judge(given);
      if (unexplained.length > 0) return { cases: count, unexplained };
    }
  }
  return { cases: count, unexplained: [] };
}
