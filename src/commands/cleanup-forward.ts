import type { State } from '../config/state.ts';
import { nonBlank } from '../core/json.ts';
import { exitCodes, SessionsError } from '../errors.ts';
import { type DialOptions, planDial } from '../gateway/dial.ts';
import { type CleanupParams, forwardCleanup } from '../gateway/forward-cleanup.ts';
import type { Flags } from '../program.ts';
import { partialFailure, renderForwardedCleanup } from '../render/forwarded-cleanup.ts';
import { selectTargets } from '../scope/targets.ts';
import { chooseStores } from '../stores/choose.ts';
import { holdStore } from '../stores/json/held-store.ts';
import { defaultReadOptions } from '../stores/json/open.ts';
import { dialProgram } from './gateway-sessions.ts';
import type { Context, Rendered } from './types.ts';

/** Either the result of the Gateway, or where nobody listened. */
export type ForwardedCleanup = { readonly rendered: Rendered } | { readonly nobodyAt: string };

/**
 * Hands an applied cleanup to the Gateway (V8, docs/gateway.md), unless nothing listens there.
 *
 * Which agents there are is for the Gateway to say: it need not be this host's. But a local Gateway of 2026.5.12 would
 * take a damaged store for an empty one and write that down, so its stores are read before it is asked (V2).
 */
export async function tryGateway(
  flags: Flags,
  options: DialOptions,
  state: State,
  context: Context,
): Promise<ForwardedCleanup> {
  const { world, messages } = context;
  const plan = await planDial(state, options, world, dialProgram(context));
  const { shownUrl, source } = plan.target;
  const forwarded = await forwardCleanup(plan, cleanupParams(flags), {
    lastCheck: async () => {
      if (source === 'local loopback') await refuseDamaged(flags, state, world.cwd);
    },
  });
  if (forwarded.by === 'nobody') return { nobodyAt: shownUrl };
  messages.notice(`cleanup ran in the Gateway at ${shownUrl}`);
  if (flags.explain === true) messages.notice('--explain says nothing about a cleanup that the Gateway did');
  return { rendered: render(forwarded.payload, flags, context) };
}

function cleanupParams(flags: Flags): CleanupParams {
  const [agent, activeKey] = [nonBlank(flags.agent), nonBlank(flags.activeKey)];
  return {
    ...(agent === undefined ? {} : { agent }),
    allAgents: flags.allAgents === true,
    enforce: flags.enforce === true,
    ...(activeKey === undefined ? {} : { activeKey }),
    fixMissing: flags.fixMissing === true,
    fixDmScope: flags.fixDmScope === true,
  };
}

async function refuseDamaged(flags: Flags, state: State, cwd: string): Promise<void> {
  for (const target of ownTargets(flags, state, cwd)) {
    for (const { kind, path } of await chooseStores(target, state.stateDir)) {
      if (kind === 'json') holdStore(path, { fields: [], now: () => 0, read: defaultReadOptions })[Symbol.dispose]();
    }
  }
}

function ownTargets(flags: Flags, state: State, cwd: string) {
  try {
    return selectTargets(flags, state, cwd).targets;
  } catch (error) {
    // The Gateway will say so, in the same words.
    if (error instanceof SessionsError && error.code === 'UNKNOWN_AGENT') return [];
    throw error;
  }
}

function render(payload: unknown, flags: Flags, { messages }: Context): Rendered {
  const partial = partialFailure(payload);
  if (partial !== undefined) messages.error(`[error] ${partial}`);
  return {
    stdout: flags.json === true ? `${JSON.stringify(payload ?? null, null, 2)}\n` : renderForwardedCleanup(payload),
    exitCode: partial === undefined ? exitCodes.ok : exitCodes.failed,
  };
}
