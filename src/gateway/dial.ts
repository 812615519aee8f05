import type { State } from '../config/state.ts';
import { nonBlank } from '../core/json.ts';
import { SessionsError } from '../errors.ts';
import type { Env, World } from '../world.ts';
import type { ClientOptions, GatewayConnection } from './client.ts';
import type { Presentation } from './connect-params.ts';
import { type Credentials, resolveCredentials } from './credentials.ts';
import type { DeviceIdentity } from './device.ts';
import { GatewayRefusal } from './failures.ts';
import { readGatewaySettings, type GatewaySettings } from './settings.ts';
import { type GatewayTarget, resolveTarget } from './target.ts';
import { connectTcp } from './tcp.ts';
import { sleep, type StartTimer, systemTimer } from './timer.ts';
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
export type DialSeams = Pick<ClientOptions, 'createId' | 'startTimer'>;

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
      return whileStarting(await connectOnce(way, plan, deadlineMs, seams), plan, startTimer);
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

async function connectOnce(way: Way, plan: DialPlan, deadlineMs: number, seams: DialSeams): Promise<GatewayConnection> {
  const { target, credentials, signal, connectTimeoutMs: limitMs } = plan;
  const timeLeft = (): number => Math.max(1, deadlineMs - plan.now());
  const transport = await connectTcp(target, { ...seams, timeoutMs: timeLeft(), limitMs, signal });
  const [{ connectGateway }, { buildConnectParams }] = await Promise.all([
    import('./client.ts'),
    import('./connect-params.ts'),
  ]);
  return await connectGateway({
    ...seams,
    target,
    transport,
    pin: plan.pin,
    connectParams: (nonce) => buildConnectParams({ ...plan, ...way, nowMs: plan.now() }, nonce),
    connectTimeoutMs: timeLeft(),
    connectLimitMs: limitMs,
    signal,
    redact: redactor([credentials.token, credentials.password, way.deviceToken]),
    onEvent: ({ event }) => {
      plan.detail(`gateway: event ${event}`);
    },
    onOddFrame: (reason) => {
      plan.detail(`gateway: ignored a frame: ${reason}`);
    },
  });
}

/** How we present ourselves this time. */
interface Way extends Pick<Presentation, 'device' | 'deviceToken' | 'signature'> {
  /** Time to wait before it is tried. */
  readonly waitMs: number;
  /** True once a Gateway has answered in this run. */
  readonly hasMet: boolean;
}

async function firstWay({ target, credentials, stateDir }: DialPlan): Promise<Way> {
  const plain: Way = { device: undefined, deviceToken: undefined, signature: 'v3', waitMs: 0, hasMet: false };
  const isKnown = credentials.token !== undefined || credentials.password !== undefined;
  if (isLoopback(target.url) && isKnown) return plain;
  const { readDeviceIdentity, readDeviceToken } = await import('./device.ts');
  const device = await readDeviceIdentity(stateDir);
  if (device === undefined) return plain;
  const deviceToken = isKnown ? undefined : await readDeviceToken(stateDir, device.deviceId);
  return isLoopback(target.url) && deviceToken === undefined ? plain : { ...plain, device, deviceToken };
}

/** What to try after a refusal; undefined when nothing would help. */
async function nextWay(way: Way, refusal: GatewayRefusal, plan: DialPlan): Promise<Way | undefined> {
  if (refusal.answer.retryable === true) return { ...way, hasMet: true, waitMs: retryWaitMs(refusal) };
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

/**
 * Asks again what the Gateway put off because it is still starting; it has done nothing then, and says when to come back.
 * The time limit of the request counts for all attempts.
 */
function whileStarting(connection: GatewayConnection, plan: DialPlan, startTimer: StartTimer): GatewayConnection {
  const request: GatewayConnection['request'] = async (method, params, options) => {
    const deadlineMs = plan.now() + options.timeoutMs;
    for (;;) {
      const timeoutMs = Math.max(1, deadlineMs - plan.now());
      try {
        return await connection.request(method, params, { limitMs: options.timeoutMs, ...options, timeoutMs });
      } catch (error) {
        if (!(error instanceof GatewayRefusal) || !isPutOff(error)) throw error;
        const waitMs = retryWaitMs(error);
        if (plan.signal.aborted || plan.now() + waitMs >= deadlineMs) throw error;
        plan.detail(`gateway: ${method} is put off while it is starting, trying again in ${waitMs} ms`);
        await sleep(waitMs, plan.signal, startTimer);
      }
    }
  };
  return { ...connection, request };
}

function isPutOff({ answer: { retryable, details } }: GatewayRefusal): boolean {
  return retryable === true && details?.['reason'] === 'startup-sidecars';
}

/** Clamped as in the reference, so that an odd hint neither floods the Gateway nor ends the command. */
function retryWaitMs({ answer: { retryAfterMs = 500 } }: GatewayRefusal): number {
  return Math.min(2_000, Math.max(100, retryAfterMs));
}

async function deviceFor({ stateDir, now, notice }: DialPlan): Promise<DeviceIdentity> {
  const { createDeviceIdentity, readDeviceIdentity } = await import('./device.ts');
  const known = await readDeviceIdentity(stateDir);
  if (known !== undefined) return known;
  const created = await createDeviceIdentity(stateDir, now());
  notice(`Made a device identity for this user, as the Gateway pairs devices: ${created.path}`);
  return created.identity;
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
