import fc from 'fast-check';
import { normalizeAgentId } from '../../src/core/agent-id.ts';
import { isJsonObject } from '../../src/core/json.ts';
import type { State, StoreState } from './state.ts';

/** The options that choose stores, and the stores that they mean; depends on the state. */
export type ScopeChoice = (state: State) => { readonly args: readonly string[]; readonly targets: readonly string[] };

/** Every way to choose stores, a wrong one now and then. */
export const scope: fc.Arbitrary<ScopeChoice> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<ScopeChoice>((state) => ({ args: [], targets: defaultTarget(state) })) },
  {
    weight: 3,
    arbitrary: fc.constant<ScopeChoice>((state) => ({
      args: ['--all-agents'],
      targets: state.stores.map(({ path }) => path),
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(5), fc.boolean()).map(([index, isUpper]): ScopeChoice => (state) => {
      const ids = agentIds(state);
      const id = ids[index % ids.length]!;
      return {
        args: ['--agent', isUpper ? id.toUpperCase() : id],
        targets: targetOfAgent(state, normalizeAgentId(id)),
      };
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(5), fc.constantFrom('$HOME/', '', '~/'))
      .map(([index, prefix]): ScopeChoice => ({ stores }) => {
        const { path } = stores[index % stores.length]!;
        return { args: ['--store', prefix + path], targets: [path] };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        ['--agent', 'nope'],
        ['--agent', ''],
        ['--agent', 'main', '--all-agents'],
        ['--store', 'x', '--all-agents'],
        ['--store', 'nowhere/x.json'],
      )
      .map((args): ScopeChoice => () => ({ args, targets: [] })),
  },
);

function agentIds({ config }: State): readonly string[] {
  const list = agentList(config)
    .map(({ id }) => String(id))
    .filter((id) => id.trim() !== '');
  return list.length === 0 ? ['main'] : list;
}

function agentList(config: unknown): readonly { readonly id: unknown; readonly default?: unknown }[] {
  const agents = isJsonObject(config) ? config['agents'] : undefined;
  if (!isJsonObject(agents)) return [];
  const { list, entries } = agents;
  if (isJsonObject(entries)) return Object.entries(entries).map(([id, agent]) => ({ ...(agent as object), id }));
  return Array.isArray(list) ? list : [];
}

function defaultTarget(state: State): readonly string[] {
  const list = agentList(state.config);
  const entry = list.find(({ default: isDefault }) => isDefault === true) ?? list[0];
  return targetOfAgent(state, entry === undefined ? 'main' : normalizeAgentId(String(entry.id)));
}

function targetOfAgent({ stores }: State, agent: string): readonly string[] {
  const own = stores.find((store) => isOf(store, agent)) ?? stores[0];
  return own === undefined ? [] : [own.path];
}

/** A store is an agent's by its path; where agents share one, there is only one. */
function isOf({ path }: StoreState, agent: string): boolean {
  return path.split('/').includes(agent) || path.endsWith(`/${agent}.json`);
}
