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
      fc.record({ which: fc.nat(99), how: fc.constantFrom('exact', 'exact', 'exact', 'other') }),
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
    readonly activeKey: { readonly which: number; readonly how: string } | undefined;
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

/** A key of a row, where it can be typed as it is: V14 is about the others. */
function activeKeyArgs(state: State, active: { readonly which: number; readonly how: string } | undefined): string[] {
  if (active === undefined) return [];
  if (active.how === 'other') return ['--active-key', 'agent:main:nobody'];
  const keys = state.stores
    .flatMap(rowsOf)
    .map(([key]) => key)
    .filter((key) => key === key.trim().toLowerCase() && key !== '' && !key.startsWith('-') && !key.includes('\0'));
  const key = keys[active.which % Math.max(1, keys.length)];
  return key === undefined ? [] : ['--active-key', key];
}
