import fc from 'fast-check';
import type { ConfigShape } from './configs.ts';
import { scope } from './scope.ts';
import type { Case } from './state.ts';
import { sometimes } from './sometimes.ts';
import { states } from './states.ts';

/** Listings of random states: JSON and piped text, every option. */
export const listCases: fc.Arbitrary<Case> = listings(fc.boolean(), 'list');

/** Listings as JSON, without models in the config: what later releases share. */
export const jsonListCases: fc.Arbitrary<Case> = listings(fc.constant(true), 'plain');

function listings(json: fc.Arbitrary<boolean>, config: ConfigShape): fc.Arbitrary<Case> {
  return fc
    .record({
      isJson: json,
      scope,
      active: sometimes(
        30,
        fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom('1', '60', '1500', '100000') },
          { weight: 1, arbitrary: fc.constantFrom('5m', '1.5', '0', '-3', 'soon') },
        ),
      ),
      limit: sometimes(
        30,
        fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom('1', '5', 'all', 'ALL', '007', '1000') },
          { weight: 1, arbitrary: fc.constantFrom('0', '1.5', 'some', '5x') },
        ),
      ),
    })
    .chain(({ isJson, scope: choose, active, limit }) =>
      states({ entries: 'list', files: false, maxRows: 30, config, controls: true, wrongTimes: isJson }).map(
        (state): Case => {
          const { args, targets } = choose(state);
          return {
            state,
            targets,
            args: [
              ...args,
              ...(isJson ? ['--json'] : []),
              ...(active === undefined ? [] : ['--active', active]),
              ...(limit === undefined ? [] : ['--limit', limit]),
            ],
          };
        },
      ),
    );
}
