import type { State } from '../config/state.ts';
import { nonBlank } from '../core/json.ts';
import { SessionsError } from '../errors.ts';
import type { Env, World } from '../world.ts';
import { type ClientOptions, connectGateway, type GatewayConnection, type StartTimer, systemTimer } from './client.ts';
import { type Credentials, resolveCredentials } from './credentials.ts';
import {
  createDeviceIdentity,
  type DeviceIdentity,
  readDeviceIdentity,
  readDeviceToken,
  type SignatureVersion,
  signClaim,
} from './device.ts';
import { GatewayRefusal } from './failures.ts';
import { type ConnectAuth, type ConnectParams, protocolVersion } from './protocol.ts';
import { readGatewaySettings, type GatewaySettings } from './settings.ts';
import { type GatewayTarget, resolveTarget } from './target.ts';
import { resolvePin } from './tls.ts';
import { checkTransport, isLoopback } from './transport-policy.ts';

/** What the command line says about the Gateway. */
export interface DialOptions {
  readonly url?: string;
  readonly token?: string;
  readonly password?: string;
  /** Limit for dialling and handshake. */
  readonly timeoutMs?: number;
}

/** Everything needed to dial, decided before anything is sent. */
export interface DialPlan {
  readonly target: GatewayTarget;
  readonly credentials: Credentials;
  readonly pin: string | undefined;
  readonly connectTimeoutMs: number;
  readonly stateDir: string;
  readonly platform: string;
  /** Release of this program. */
  readonly version: string;
  /** Milliseconds since epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Tells the user that an identity file was made. */
  readonly notice: (line: string) => void;
  /** How we connect and what comes between the answers, for --verbose. Never a secret. */
  readonly detail: (line: string) => void;
}

/** As in OpenClaw 2026.5.12, for connect and request together. */
export const defaultConnectTimeoutMs = 10_000;

/**
 * Decides what to dial and how. Reads the config's references to secrets (files, programs), never the network.
 *
 * @throws SessionsError GATEWAY_SETUP for every mistake that can be found before dialling
 */
export async function planDial(
  state: State,
  options: DialOptions,
  world: Pick<World, 'uid' | 'interrupted' | 'now' | 'platform'>,
  program: Pick<DialPlan, 'version' | 'notice' | 'detail'>,
): Promise<DialPlan> {
  const { env, homeDir, stateDir } = state;
  const settings = readGatewaySettings(state.config);
  const target = resolveTarget(
    { ...options, env, configPath: state.configPath ?? `${stateDir}/openclaw.json` },
    settings,
  );
  checkTransport(target, env);
  const pin = await resolvePin(target, settings, stateDir);
  const credentials = await resolveCredentials(target, options, settings, {
    env,
    homeDir,
    uid: world.uid,
    secrets: settings.secrets,
    signal: world.interrupted,
  });
  return {
    target,
    credentials,
    pin,
    connectTimeoutMs: options.timeoutMs ?? connectTimeout(settings, env),
    stateDir,
    platform: world.platform,
    now: () => world.now(),
    signal: world.interrupted,
    ...program,
  };
}

/** Ten seconds, or as long as the Gateway itself would wait when that is longer. */
function connectTimeout({ handshakeTimeoutMs }: GatewaySettings, env: Env): number {
  const fromEnv = nonBlank(env['OPENCLAW_HANDSHAKE_TIMEOUT_MS']);
  const configured = fromEnv !== undefined && /^[0-9]+$/.test(fromEnv) ? Number(fromEnv) : handshakeTimeoutMs;
  return Math.max(defaultConnectTimeoutMs, configured ?? 0);
}

/** Parts a test replaces. */
export type DialSeams = Pick<ClientOptions, 'openSocket' | 'createId' | 'startTimer'>;

/**
 * Dials and shakes hands, in the way the Gateway wants:
 *
 * 1. Without a device, as OpenClaw's own backend client. On loopback every known release gives such a client what it
 *    asks for; the command-line client id without a device gets no scopes at all from 2026.5.12.
 * 2. With the device identity, when the Gateway is elsewhere and we have one, or when only the token kept for this device
 *    is known, or when the Gateway asked for a device. An identity is made only in that last case, and it is said.
 * 3. Again after the time the Gateway names, while it is still starting, as long as the time is not over.
 *
 * @throws SessionsError as connectGateway does
 */
export async function openGateway(plan: DialPlan, seams: DialSeams = {}): Promise<GatewayConnection> {
  const { startTimer = systemTimer } = seams;
  const deadlineMs = plan.now() + plan.connectTimeoutMs;
  let way = await firstWay(plan);
  for (;;) {
    plan.detail(`gateway: dialling ${plan.target.shownUrl} (${plan.target.source}), ${describeWay(way, plan)}`);
    try {
      return await connectGateway({
        ...seams,
        target: plan.target,
        pin: plan.pin,
        connectParams: (nonce) => connectParams(way, plan, nonce),
        connectTimeoutMs: Math.max(1, deadlineMs - plan.now()),
        connectLimitMs: plan.connectTimeoutMs,
        signal: plan.signal,
        redact: redactor([plan.credentials.token, plan.credentials.password, way.deviceToken]),
        onEvent: ({ event }) => {
          plan.detail(`gateway: event ${event}`);
        },
        onOddFrame: (reason) => {
          plan.detail(`gateway: ignored a frame: ${reason}`);
        },
      });
    } catch (error) {
      if (!(error instanceof GatewayRefusal)) throw afterFirstContact(error, way);
      const next = await nextWay(way, error, plan);
      if (next === undefined) throw error;
      const waitMs = next.waitMs;
      if (plan.now() + waitMs >= deadlineMs) throw error;
      if (waitMs > 0) {
        plan.detail(`gateway: still starting, trying again in ${waitMs} ms`);
        await sleep(waitMs, plan.signal, startTimer);
      }
      way = next;
    }
  }
}

/** How we present ourselves. */
interface Way {
  readonly device: DeviceIdentity | undefined;
  /** Handed out to this device earlier; stands in for a shared secret. */
  readonly deviceToken: string | undefined;
  readonly signature: SignatureVersion;
  /** Time to wait before it is tried. */
  readonly waitMs: number;
  /** True once a Gateway has answered in this run. */
  readonly hasMet: boolean;
}

async function firstWay({ target, credentials, stateDir }: DialPlan): Promise<Way> {
  const plain: Way = { device: undefined, deviceToken: undefined, signature: 'v3', waitMs: 0, hasMet: false };
  const isKnown = credentials.token !== undefined || credentials.password !== undefined;
  if (isLoopback(target.url) && isKnown) return plain;
  const device = await readDeviceIdentity(stateDir);
  if (device === undefined) return plain;
  const deviceToken = isKnown ? undefined : await readDeviceToken(stateDir, device.deviceId);
  return isLoopback(target.url) && deviceToken === undefined ? plain : { ...plain, device, deviceToken };
}

/** What to try after a refusal; undefined when nothing would help. */
async function nextWay(way: Way, refusal: GatewayRefusal, plan: DialPlan): Promise<Way | undefined> {
  const { retryable, retryAfterMs = 500 } = refusal.answer;
  // Clamped as in the reference, so that an odd hint neither floods the Gateway nor ends the command.
  if (retryable === true) return { ...way, hasMet: true, waitMs: Math.min(2_000, Math.max(100, retryAfterMs)) };
  if (refusal.detailCode === 'DEVICE_IDENTITY_REQUIRED' && way.device === undefined) {
    const { token, password } = plan.credentials;
    // Without any secret a loopback Gateway would not pair a new device either.
    if (token === undefined && password === undefined && isLoopback(plan.target.url)) return undefined;
    return { ...way, device: await deviceFor(plan), hasMet: true, waitMs: 0 };
  }
  if (refusal.detailCode === 'DEVICE_AUTH_SIGNATURE_INVALID' && way.signature === 'v3') {
    return { ...way, signature: 'v2', hasMet: true, waitMs: 0 };
  }
  return undefined;
}

async function deviceFor({ stateDir, now, notice }: DialPlan): Promise<DeviceIdentity> {
  const known = await readDeviceIdentity(stateDir);
  if (known !== undefined) return known;
  const created = await createDeviceIdentity(stateDir, now());
  notice(`Made a device identity for this user, as the Gateway pairs devices: ${created.path}`);
  return created.identity;
}

function connectParams({ device, deviceToken, signature }: Way, plan: DialPlan, nonce: string): ConnectParams {
  const { platform, version, credentials } = plan;
  const client =
    device === undefined ? ({ id: 'gateway-client', mode: 'backend' } as const) : ({ id: 'cli', mode: 'cli' } as const);
  const role = 'operator';
  const scopes = ['operator.admin'];
  const auth: ConnectAuth = {
    ...(credentials.token === undefined ? {} : { token: credentials.token }),
    ...(credentials.password === undefined ? {} : { password: credentials.password }),
    ...(deviceToken === undefined ? {} : { token: deviceToken, deviceToken }),
  };
  const claim = {
    clientId: client.id,
    clientMode: client.mode,
    role,
    scopes,
    signedAtMs: plan.now(),
    token: auth.token,
    nonce,
    platform,
    deviceFamily: '',
  };
  return {
    minProtocol: protocolVersion,
    maxProtocol: protocolVersion,
    client: { ...client, version, platform },
    role,
    scopes,
    caps: [],
    ...(Object.keys(auth).length === 0 ? {} : { auth }),
    ...(device === undefined ? {} : { device: signClaim(device, claim, signature) }),
  };
}

function describeWay({ device, deviceToken }: Way, { credentials }: DialPlan): string {
  const parts = [
    ...(credentials.token === undefined ? [] : ['token']),
    ...(credentials.password === undefined ? [] : ['password']),
    ...(deviceToken === undefined ? [] : ['device token']),
    ...(device === undefined ? [] : [`device ${device.deviceId.slice(0, 12)}`]),
  ];
  return parts.length === 0 ? 'without credentials' : `with ${parts.join(' and ')}`;
}

/** Nothing listens any more where a Gateway answered a moment ago: that is a failure, not an absence. */
function afterFirstContact(error: unknown, { hasMet }: Way): unknown {
  if (!hasMet || !(error instanceof SessionsError) || error.code !== 'GATEWAY_UNREACHABLE') return error;
  return new SessionsError('GATEWAY_FAILED', `The Gateway went away while it was starting.\n${error.message}`, {
    cause: error,
  });
}

/** Hides secrets in text that came from outside. */
export function redactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== undefined && secret !== '') as string[];
  // The longest first: one secret may be the beginning of another.
  known.sort((a, b) => b.length - a.length);
  return (text) => known.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

function sleep(ms: number, signal: AbortSignal, startTimer: StartTimer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = startTimer(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
