import type { Config } from '../core/config.ts';
import { isJsonObject, type JsonObject, nonBlank } from '../core/json.ts';

/** The parts of the config that say where the Gateway is and how to prove who we are. Odd values count as absent. */
export interface GatewaySettings {
  /** `remote` uses `remote.*`; every other value counts as local. */
  readonly mode: string | undefined;
  readonly port: number | undefined;
  /** Only echoed in messages: a local client always dials 127.0.0.1. */
  readonly bind: string;
  readonly handshakeTimeoutMs: number | undefined;
  readonly tls: { readonly enabled: boolean; readonly certPath: string | undefined };
  /** Token and password are texts or secret references (secret-refs.ts). */
  readonly auth: { readonly mode: string | undefined; readonly token: unknown; readonly password: unknown };
  readonly remote: {
    readonly url: string | undefined;
    readonly token: unknown;
    readonly password: unknown;
    readonly tlsFingerprint: string | undefined;
  };
  readonly secrets: {
    /** By alias; each is checked when a reference names it. */
    readonly providers: JsonObject;
    /** Alias per source, for references that name no provider. */
    readonly defaults: JsonObject;
  };
}

/** Reads `gateway` and `secrets` of the config, which nobody has validated. */
export function readGatewaySettings(config: Pick<Config, 'gateway' | 'secrets'>): GatewaySettings {
  const gateway = object(config.gateway);
  const [tls, auth, remote] = [object(gateway['tls']), object(gateway['auth']), object(gateway['remote'])];
  const secrets = object(config.secrets);
  return {
    mode: nonBlank(gateway['mode']),
    port: positiveNumber(gateway['port']),
    bind: nonBlank(gateway['bind']) ?? 'loopback',
    handshakeTimeoutMs: positiveNumber(gateway['handshakeTimeoutMs']),
    tls: { enabled: tls['enabled'] === true, certPath: nonBlank(tls['certPath']) },
    auth: { mode: nonBlank(auth['mode']), token: auth['token'], password: auth['password'] },
    remote: {
      url: nonBlank(remote['url']),
      token: remote['token'],
      password: remote['password'],
      tlsFingerprint: nonBlank(remote['tlsFingerprint']),
    },
    secrets: { providers: object(secrets['providers']), defaults: object(secrets['defaults']) },
  };
}

const object = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const positiveNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
