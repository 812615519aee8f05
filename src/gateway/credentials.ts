import { nonBlank } from '../core/json.ts';
import { SessionsError } from '../errors.ts';
import type { Env } from '../world.ts';
import { parseSecretRef, resolveSecretRef, type SecretWorld } from './secret-refs.ts';
import type { GatewaySettings } from './settings.ts';
import type { GatewayTarget } from './target.ts';

/** What proves to the Gateway who we are. Both are sent when both are known. Never printed. */
export interface Credentials {
  readonly token: string | undefined;
  readonly password: string | undefined;
}

/**
 * Finds token and password for a target (docs/gateway.md, credentials). Given ones win and end the search; a URL that
 * was given takes nothing from the config, so that a configured secret is not sent to a host named in passing.
 *
 * @throws SessionsError GATEWAY_SETUP when a URL override has no credentials of its own, or when the reference that
 *   would have won cannot be resolved and nothing else gives a credential
 */
export async function resolveCredentials(
  target: GatewayTarget,
  given: Partial<Credentials>,
  settings: GatewaySettings,
  world: SecretWorld,
): Promise<Credentials> {
  const explicit = { token: nonBlank(given.token), password: nonBlank(given.password) };
  if (explicit.token !== undefined || explicit.password !== undefined) return explicit;
  const candidates = listCandidates(target, settings, world.env);
  const token = await firstUsable(candidates.token, world);
  const password = await firstUsable(candidates.password, world);
  const known = { token: token.value, password: password.value };
  if (known.token !== undefined || known.password !== undefined) return known;
  const unavailable = token.unavailable ?? password.unavailable;
  if (unavailable !== undefined) throw unavailableReference(unavailable);
  if (target.source === 'cli --url' || target.source === 'env OPENCLAW_GATEWAY_URL')
    throw overrideNeedsCredentials(target);
  return known;
}

/** One place a credential may come from: a text of the environment, or a config value that may be a reference. */
interface Candidate {
  readonly path: string;
  readonly value: unknown;
}

interface Candidates {
  readonly token: readonly Candidate[];
  readonly password: readonly Candidate[];
}

/** The places, best first; the first that is configured decides. */
export function listCandidates(
  { source }: Pick<GatewayTarget, 'source'>,
  { auth, remote }: Pick<GatewaySettings, 'auth' | 'remote'>,
  env: Env,
): Candidates {
  const envToken = { path: 'OPENCLAW_GATEWAY_TOKEN', value: env['OPENCLAW_GATEWAY_TOKEN'] };
  const envPassword = { path: 'OPENCLAW_GATEWAY_PASSWORD', value: env['OPENCLAW_GATEWAY_PASSWORD'] };
  const authToken = { path: 'gateway.auth.token', value: auth.token };
  const authPassword = { path: 'gateway.auth.password', value: auth.password };
  const remoteToken = { path: 'gateway.remote.token', value: remote.token };
  const remotePassword = { path: 'gateway.remote.password', value: remote.password };
  switch (source) {
    case 'cli --url':
      return { token: [], password: [] };
    case 'env OPENCLAW_GATEWAY_URL':
      return { token: [envToken], password: [envPassword] };
    case 'config gateway.remote.url':
      return { token: [remoteToken, envToken, authToken], password: [envPassword, remotePassword, authPassword] };
    case 'local loopback': {
      const remoteToo = auth.mode !== 'trusted-proxy';
      const token = [authToken, remoteToken];
      const password = [authPassword, ...(remoteToo ? [remotePassword] : [])];
      // Inside the Gateway's own service the config is newer than the environment it was started with.
      if (env['OPENCLAW_SERVICE_KIND'] === 'gateway') {
        return { token: [...token, envToken], password: [...password, envPassword] };
      }
      return { token: [envToken, ...token], password: [envPassword, ...password] };
    }
  }
}

interface Unavailable {
  readonly path: string;
  readonly reason: string;
}

/** The first configured candidate. A reference that cannot be resolved ends the search: it was meant to be used. */
async function firstUsable(
  candidates: readonly Candidate[],
  world: SecretWorld,
): Promise<{ readonly value?: string; readonly unavailable?: Unavailable }> {
  for (const { path, value } of candidates) {
    const ref = path.startsWith('gateway.') ? parseSecretRef(value) : undefined;
    if (ref === undefined) {
      const text = nonBlank(value);
      if (text !== undefined) return { value: text };
      continue;
    }
    const resolved = await resolveSecretRef(ref, world);
    return 'value' in resolved ? { value: resolved.value } : { unavailable: { path, reason: resolved.reason } };
  }
  return {};
}

function unavailableReference({ path, reason }: Unavailable): SessionsError {
  return new SessionsError(
    'GATEWAY_SETUP',
    [
      `${path} is configured as a secret reference but is unavailable in this command path.`,
      `Reason: ${reason}`,
      'Fix: set OPENCLAW_GATEWAY_TOKEN/OPENCLAW_GATEWAY_PASSWORD, pass explicit --token/--password,',
      'or run a gateway command path that resolves secret references before credential selection.',
    ].join('\n'),
  );
}

function overrideNeedsCredentials({ source, configPath }: GatewayTarget): SessionsError {
  const fix =
    source === 'cli --url'
      ? 'Fix: pass --token or --password with --url, or leave --url out to use the configured Gateway.'
      : 'Fix: set OPENCLAW_GATEWAY_TOKEN or OPENCLAW_GATEWAY_PASSWORD too, or unset OPENCLAW_GATEWAY_URL.';
  return new SessionsError(
    'GATEWAY_SETUP',
    ['gateway url override requires explicit credentials', fix, `Config: ${configPath}`].join('\n'),
  );
}
