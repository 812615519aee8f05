import type { Credentials } from './credentials.ts';
import { type DeviceIdentity, type DeviceProof, type SignatureVersion, signClaim } from './device.ts';

/** The one version that 2026.5.12, 2026.7.35 and 2026.9.6 speak. */
const protocolVersion = 4;

/** The parameters of `connect`, the first request. The Gateway refuses unknown keys at every level. */
export interface ConnectParams {
  readonly minProtocol: typeof protocolVersion;
  readonly maxProtocol: typeof protocolVersion;
  readonly client: {
    /** From a closed list: a name of our own is refused. */
    readonly id: 'gateway-client' | 'cli';
    readonly version: string;
    /** As Node names it: linux, darwin, win32. */
    readonly platform: string;
    readonly mode: 'backend' | 'cli';
  };
  readonly role: 'operator';
  readonly scopes: readonly string[];
  readonly caps: readonly string[];
  readonly auth?: ConnectAuth;
  readonly device?: DeviceProof;
}

export interface ConnectAuth {
  readonly token?: string;
  readonly password?: string;
  readonly deviceToken?: string;
}

/** How we present ourselves. */
export interface Presentation {
  readonly credentials: Credentials;
  /** Undefined for OpenClaw's own backend client, which needs none on loopback. */
  readonly device: DeviceIdentity | undefined;
  /** Handed out to this device earlier; stands in for a shared secret. */
  readonly deviceToken: string | undefined;
  readonly signature: SignatureVersion;
  readonly platform: string;
  /** Release of this program. */
  readonly version: string;
  readonly nowMs: number;
}

/** The parameters of `connect`, signed when there is a device. Always asks for everything: a device that was paired with
 * less could not get more later without a person's approval (docs/gateway.md, shaking hands).
 */
export function buildConnectParams(presentation: Presentation, nonce: string): ConnectParams {
  const { credentials, device, deviceToken, signature, platform, version, nowMs } = presentation;
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
    signedAtMs: nowMs,
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
