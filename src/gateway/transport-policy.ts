import { BlockList, isIP } from 'node:net';
import { SessionsError } from '../errors.ts';
import type { Env } from '../world.ts';
import type { GatewayTarget } from './target.ts';

/**
 * Refuses plain text to a host that is not this one: token and history would cross the network readable. With
 * OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1 private addresses and host names are allowed too, as in OpenClaw 2026.5.12.
 *
 * @throws SessionsError GATEWAY_SETUP, with OpenClaw's text
 */
export function checkTransport(target: GatewayTarget, env: Env): void {
  const { url } = target;
  if (url.protocol === 'wss:' || isLoopback(url)) return;
  if (env['OPENCLAW_ALLOW_INSECURE_PRIVATE_WS'] === '1' && isPrivate(url)) return;
  throw new SessionsError(
    'GATEWAY_SETUP',
    [
      `SECURITY ERROR: Gateway URL "${target.shownUrl}" uses plaintext ws:// to a non-loopback address.`,
      'Both credentials and chat data would be exposed to network interception.',
      `Source: ${target.source}`,
      `Config: ${target.configPath}`,
      'Fix: Use wss:// for remote gateway URLs.',
      'Safe remote access defaults:',
      '- keep gateway.bind=loopback and use an SSH tunnel (ssh -N -L 18789:127.0.0.1:18789 user@gateway-host)',
      '- or use Tailscale Serve/Funnel for HTTPS remote access',
      'Break-glass (trusted private networks only): set OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1',
      'Doctor: openclaw doctor --fix',
      'Docs: https://docs.openclaw.ai/gateway/remote',
    ].join('\n'),
  );
}

/** True for `localhost`, 127.0.0.0/8, ::1 and the IPv4-mapped forms of the former. */
export function isLoopback(url: URL): boolean {
  const host = bareHost(url);
  return host === 'localhost' || isIn(loopbackAddresses(), host);
}

function isPrivate(url: URL): boolean {
  const host = bareHost(url);
  return isIP(host) === 0 || isIn(privateAddresses(), host);
}

/** The host as an address or name: no brackets around IPv6, no trailing dots. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.+$/, '');
}

function isIn(addresses: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && addresses.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function loopbackAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  return list;
}

function privateAddresses(): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['169.254.0.0', 16],
    ['100.64.0.0', 10],
  ] as const) {
    list.addSubnet(net, prefix, 'ipv4');
  }
  list.addSubnet('fc00::', 7, 'ipv6');
  list.addSubnet('fe80::', 10, 'ipv6');
  return list;
}
