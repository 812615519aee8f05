import fc from 'fast-check';
import { type Case, rowsOf, type State } from './state.ts';
import { sometimes } from './sometimes.ts';
import { states } from './states.ts';
import { scope, type ScopeChoice } from './scope.ts';

/** Cleanups of random states: dry runs and applied ones, JSON and piped text, every option. */
export const cleanupCases: fc.Arbitrary<Case> = fc
  .record({
    isJson: fc.boolean(),
    scope,
    dryRun: fc.boolean(),
    enforce: fc.boolean(),
    fixMissing: fc.boolean(),
    fixDmScope: fc.boolean(),
    activeKey: sometimes(
      40,
      fc.record({
        which: fc.nat(99),
        how: fc.constantFrom<ActiveKey['how']>('exact', 'exact', 'exact', 'as stored', 'capitals', 'blanks', 'other'),
      }),
    ),
  })
  .chain((options) =>
    states({
      entries: 'cleanup',
      files: true,
      maxRows: 14,
      config: 'cleanup',
      controls: !options.isJson,
      wrongTimes: options.isJson,
    }).map((state) => makeCase(state, options)),
  );

function makeCase(
  state: State,
  options: {
    readonly isJson: boolean;
    readonly scope: ScopeChoice;
    readonly dryRun: boolean;
    readonly enforce: boolean;
    readonly fixMissing: boolean;
    readonly fixDmScope: boolean;
    readonly activeKey: ActiveKey | undefined;
  },
): Case {
  const { args, targets } = options.scope(state);
  return {
    state,
    targets,
    args: [
      'cleanup',
      ...args,
      ...(options.dryRun ? ['--dry-run'] : []),
      ...(options.enforce ? ['--enforce'] : []),
      ...(options.fixMissing ? ['--fix-missing'] : []),
      ...(options.fixDmScope ? ['--fix-dm-scope'] : []),
      ...(options.isJson ? ['--json'] : []),
      ...activeKeyArgs(state, options.activeKey),
    ],
  };
}

interface ActiveKey {
  readonly which: number;
  readonly how: 'exact' | 'as stored' | 'capitals' | 'blanks' | 'other';
}

/** A key of a row that is typed as it is, or otherwise (V14). */
function activeKeyArgs(state: State, active: ActiveKey | undefined): string[] {
  if (active === undefined) return [];
  const { which, how } = active;
  if (how === 'other') return ['--active-key', 'agent:main:nobody'];
  const keys = state.stores
    .flatMap(rowsOf)
    .map(([key]) => key)
    .filter((key) => key.trim() !== '' && !key.startsWith('-') && !key.includes('\0'));
  const plain = how === 'as stored' ? keys : keys.filter((key) => key === key.trim().toLowerCase());
  const key = plain[which % Math.max(1, plain.length)];
  if (key === undefined) return [];
  return ['--active-key', how === 'capitals' ? key.toUpperCase() : how === 'blanks' ? ` ${key} ` : key];
}
