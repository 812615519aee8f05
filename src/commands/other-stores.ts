import type { State } from '../config/state.ts';
import { selectTargets } from '../scope/targets.ts';
import { createOtherStores, type OtherStores } from '../stores/json/other-stores.ts';
import type { Context } from './types.ts';

/** The stores of every configured agent, for what their rows hold on to; one that cannot be read is said. */
export function otherStores(state: State, { world, messages }: Context): OtherStores {
  const { targets } = selectTargets({ allAgents: true }, state, world.cwd);
  return createOtherStores(
    targets.map(({ path }) => path),
    state.stateDir,
    (path, error) => {
      messages.notice(`The files that ${path} may name in other folders are not known: ${error.message}`);
    },
  );
}
