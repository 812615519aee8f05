import { nonBlank } from '../core/json.ts';
import { SessionsError } from '../errors.ts';
import type { Env } from '../world.ts';
import type { GatewaySettings } from './settings.ts';

/** The Gateway to dial, and how it was found. */
export interface GatewayTarget {
  /** `ws:` or `wss:`. May hold a user name or a query: print `shownUrl` instead. */
  readonly url: URL;
  /** The URL without user name, password, query and fragment, for messages. */
  readonly shownUrl: string;
  readonly source: TargetSource;
  /** Config file that was read, or would be. */
  readonly configPath: string;
  readonly bind: string;
}

/** Where the URL comes from, worded as OpenClaw does after `Source:`. */
export type TargetSource = 'cli --url' | 'env OPENCLAW_GATEWAY_URL' | 'config gateway.remote.url' | 'local loopback';

export const defaultPort = 18789;

/**
 * Finds the URL: option, OPENCLAW_GATEWAY_URL, `gateway.remote.url` in remote mode, else the loopback address with the
 * configured port. No probing and no lock file, as in OpenClaw 2026.5.12 (docs/gateway.md, finding it).
 *
 * @throws SessionsError GATEWAY_SETUP for remote mode without URL and for what is no WebSocket URL
 */
export function resolveTarget(
  input: { readonly url?: string; readonly env: Env; readonly configPath: string },
  settings: GatewaySettings,
): GatewayTarget {
  const { env, configPath } = input;
  const [text, source] = findUrl(input.url, env, settings, configPath);
  const url = parseUrl(text, source, configPath);
  return { url, shownUrl: showUrl(url), source, configPath, bind: settings.bind };
}

/** The lines that say what was dialled and why, for the end of a message. */
export function describeTarget({ shownUrl, source, configPath, bind }: GatewayTarget): string {
  const lines = [`Gateway target: ${shownUrl}`, `Source: ${source}`, `Config: ${configPath}`];
  return [...lines, ...(source === 'local loopback' ? [`Bind: ${bind}`] : [])].join('\n');
}

function findUrl(
  flag: string | undefined,
  env: Env,
  settings: GatewaySettings,
  configPath: string,
): [url: string, source: TargetSource] {
  const given = nonBlank(flag);
  if (given !== undefined) return [given, 'cli --url'];
  const fromEnv = nonBlank(env['OPENCLAW_GATEWAY_URL']);
  if (fromEnv !== undefined) return [fromEnv, 'env OPENCLAW_GATEWAY_URL'];
  if (settings.mode === 'remote') {
    if (settings.remote.url !== undefined) return [settings.remote.url, 'config gateway.remote.url'];
    throw new SessionsError(
      'GATEWAY_SETUP',
      [
        'gateway remote mode misconfigured: gateway.remote.url missing',
        `Config: ${configPath}`,
        'Fix: set gateway.remote.url, or set gateway.mode=local.',
      ].join('\n'),
    );
  }
  const port = portFromEnv(env['OPENCLAW_GATEWAY_PORT']) ?? settings.port ?? defaultPort;
  return [`${settings.tls.enabled ? 'wss' : 'ws'}://127.0.0.1:${port}`, 'local loopback'];
}

/** `18789`, `host:18789` or `[v6]:18789`; anything else is ignored, as in the reference. */
function portFromEnv(value: string | undefined): number | undefined {
  const digits = /^(?:[^:[\]]+:|\[[^\]]+\]:)?([0-9]+)$/.exec(value?.trim() ?? '')?.[1];
  const port = Number(digits);
  return port > 0 && port <= 65_535 ? port : undefined;
}

function parseUrl(text: string, source: TargetSource, configPath: string): URL {
  const url = URL.parse(text);
  const scheme = url === null ? undefined : webSocketSchemes[url.protocol];
  if (url === null || scheme === undefined || url.hostname === '') {
    // The text is not repeated: what cannot be taken apart may hold a password.
    throw new SessionsError(
      'GATEWAY_SETUP',
      [
        'The Gateway URL is not a WebSocket URL.',
        `Source: ${source}`,
        `Config: ${configPath}`,
        'Fix: give it as ws://host:port or wss://host:port, for example ws://127.0.0.1:18789.',
      ].join('\n'),
    );
  }
  const webSocketUrl = new URL(`${scheme}${url.href.slice(url.protocol.length)}`);
  webSocketUrl.hash = '';
  return webSocketUrl;
}

const webSocketSchemes: Readonly<Record<string, string>> = {
  'ws:': 'ws:',
  'http:': 'ws:',
  'wss:': 'wss:',
  'https:': 'wss:',
};

function showUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
