import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SessionsError } from '../errors.ts';
import type { GatewaySettings } from './settings.ts';
import { describeTarget, type GatewayTarget } from './target.ts';

/**
 * The certificate a `wss:` Gateway must show, as SHA-256 fingerprint (64 hex digits, lower case); undefined means the
 * usual check against certificate authorities. In remote mode it is configured; for the local Gateway it is that of the
 * certificate file it uses itself, when we can read it.
 *
 * @throws SessionsError GATEWAY_SETUP for a fingerprint with plain `ws:`, as in OpenClaw 2026.5.12
 */
export async function resolvePin(
  target: GatewayTarget,
  settings: GatewaySettings,
  stateDir: string,
): Promise<string | undefined> {
  const configured =
    settings.mode === 'remote' && target.source !== 'cli --url' ? settings.remote.tlsFingerprint : undefined;
  if (configured !== undefined) {
    if (target.url.protocol !== 'wss:') {
      throw new SessionsError(
        'GATEWAY_SETUP',
        `gateway tls fingerprint requires wss:// gateway url\n${describeTarget(target)}`,
      );
    }
    return normalizeFingerprint(configured);
  }
  if (target.source !== 'local loopback' || target.url.protocol !== 'wss:') return undefined;
  const file = settings.tls.certPath ?? path.join(stateDir, 'gateway', 'tls', 'gateway-cert.pem');
  try {
    const { X509Certificate } = await import('node:crypto');
    return normalizeFingerprint(new X509Certificate(await readFile(file)).fingerprint256);
  } catch {
    return undefined;
  }
}

/** `sha256:AB:CD…`, `SHA-256 ab cd…` and the like as bare lower-case hex digits. */
export function normalizeFingerprint(text: string): string {
  return text
    .trim()
    .replace(/^sha-?256:?/i, '')
    .replace(/[^0-9a-f]/gi, '')
    .toLowerCase();
}
