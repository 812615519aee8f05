import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../helpers/fake-gateway.ts';
import { gatewayConfig } from '../gateway/live/state.ts';
import { type RunningGateway, startGateway } from '../gateway/live/openclaw.ts';
import { cleanupCases } from './cleanup.ts';
import type { Ground } from './ground.ts';
import { type BuiltHome, buildHome, readHome } from './home.ts';
import { openclaw, type Program, runIn } from './programs.ts';
import type { Case } from './state.ts';

/** A Gateway costs seconds to start and reads its config once: few configs, and a pair of Gateways for each. */
const maintenances = [{}, { pruneAfter: '3d', maxEntries: 5, maxDiskBytes: 4000, resetArchiveRetention: '10d' }];

const agents = ['main', 'work'];

/** Cleanups that a running Gateway does: random stores of two agents, every option that goes over the wire. */
export const forwardCases: fc.Arbitrary<Case> = fc
  .tuple(
    fc.constantFrom(...maintenances),
    cleanupCases,
    fc.constantFrom<readonly string[]>([], ['--all-agents'], ['--agent', 'work'], ['--agent', 'nope']),
  )
  .map(([maintenance, { state, args }, choice]): Case => {
    const stores = state.stores
      .slice(0, agents.length)
      .map((store, index) => ({ ...store, path: storeOf(agents[index]!) }));
    return {
      state: { config: { maintenance }, stores, files: state.files },
      targets: stores.map(({ path: each }) => each),
      args: ['cleanup', ...choice, ...wireOptions(args)],
    };
  });

const storeOf = (agent: string): string => `.openclaw/agents/${agent}/sessions/sessions.json`;

/** Without the choice of stores, and without `--dry-run`, which is never forwarded. */
function wireOptions(args: readonly string[]): readonly string[] {
  const flags = ['--enforce', '--fix-missing', '--fix-dm-scope', '--json'].filter((flag) => args.includes(flag));
  const at = args.indexOf('--active-key');
  return at === -1 ? flags : [...flags, ...args.slice(at, at + 2)];
}

/** Twin homes with a running Gateway each; every case finds its own stores there. */
export function gatewayHomes(
  script: string,
  cacheFolder: string,
  scratch: string,
): Ground & { stop: () => Promise<void> } {
  const reference = openclaw(script, cacheFolder);
  const started = new Map<string, Promise<Twin>>();
  const twinOf = (name: string, config: unknown): Promise<Twin> => {
    const key = `${name} ${JSON.stringify(config)}`;
    const twin = started.get(key) ?? startTwin(script, path.join(scratch, `gateway-${started.size}`, name), config);
    started.set(key, twin);
    return twin;
  };
  const run = async (name: string, program: Program, { state, args }: Case) => {
    const { home } = await twinOf(name, state.config);
    const outcome = await runIn(putIn(home, state), program, args);
    return { ...outcome, files: onlySessions(outcome.files) };
  };
  return {
    runReference: (given) => run('one', reference, given),
    runOurs: (program, given) => run('two', program, given),
    filesBefore: ({ state }) => {
      const home = path.join(scratch, 'gateway-before', 'two');
      fs.rmSync(home, { recursive: true, force: true });
      const built = buildHome(home, { ...state, config: undefined });
      return onlySessions(readHome(built, built.nowMs));
    },
    stop: async () => {
      for (const twin of started.values()) await (await twin).gateway.stop();
    },
  };
}

interface Twin {
  readonly home: string;
  readonly gateway: RunningGateway;
}

async function startTwin(script: string, home: string, config: unknown): Promise<Twin> {
  const port = await freePort();
  const { maintenance } = config as { readonly maintenance: object };
  fs.mkdirSync(path.join(home, '.openclaw'), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ ...gatewayConfig(home, port), session: { maintenance } });
  fs.writeFileSync(path.join(home, '.openclaw/openclaw.json'), text, { mode: 0o600 });
  return { home, gateway: await startGateway(script, home, port) };
}

/** The stores and files of a case, in place of those of the case before. */
function putIn(home: string, state: Case['state']): BuiltHome {
  for (const agent of agents)
    fs.rmSync(path.join(home, path.dirname(storeOf(agent))), { recursive: true, force: true });
  fs.rmSync(path.join(home, 'traces'), { recursive: true, force: true });
  return buildHome(home, { ...state, config: undefined });
}

/** The Gateway keeps more in its home than sessions: models, tasks, logs. */
function onlySessions(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).filter(([name]) => /^\.openclaw\/agents\/(?:main|work)\/sessions\/|^traces\//.test(name)),
  );
}
