import { describe, expect, it } from 'vitest';
import { SessionsError } from '../../../src/errors.ts';
import { readGatewaySettings } from '../../../src/gateway/settings.ts';
import { describeTarget, resolveTarget } from '../../../src/gateway/target.ts';
import { checkTransport } from '../../../src/gateway/transport-policy.ts';

const configPath = '/home/user/.openclaw/openclaw.json';

function target(gateway: unknown, env: Record<string, string> = {}, url?: string) {
  return resolveTarget({ env, configPath, ...(url === undefined ? {} : { url }) }, readGatewaySettings({ gateway }));
}

describe('resolveTarget', () => {
  it.each([
    [{}, {}, undefined, 'ws://127.0.0.1:18789', 'local loopback'],
    [{ port: 4000, bind: 'lan' }, {}, undefined, 'ws://127.0.0.1:4000', 'local loopback'],
    [{ tls: { enabled: true } }, {}, undefined, 'wss://127.0.0.1:18789', 'local loopback'],
    [{ tls: { enabled: 'yes' } }, {}, undefined, 'ws://127.0.0.1:18789', 'local loopback'],
    [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: '5000' }, undefined, 'ws://127.0.0.1:5000', 'local loopback'],
    [{}, { OPENCLAW_GATEWAY_PORT: 'host:5001' }, undefined, 'ws://127.0.0.1:5001', 'local loopback'],
    [{}, { OPENCLAW_GATEWAY_PORT: '[::1]:5002' }, undefined, 'ws://127.0.0.1:5002', 'local loopback'],
    [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: '0' }, undefined, 'ws://127.0.0.1:4000', 'local loopback'],
    [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: 'a:b:1' }, undefined, 'ws://127.0.0.1:4000', 'local loopback'],
    [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: '99999' }, undefined, 'ws://127.0.0.1:4000', 'local loopback'],
    [{ port: -1 }, {}, undefined, 'ws://127.0.0.1:18789', 'local loopback'],
    [{ mode: 'local', remote: { url: 'wss://far' } }, {}, undefined, 'ws://127.0.0.1:18789', 'local loopback'],
    [{ mode: 'remote', remote: { url: ' wss://far ' } }, {}, undefined, 'wss://far', 'config gateway.remote.url'],
    [
      { mode: 'remote', remote: { url: 'wss://far' } },
      { OPENCLAW_GATEWAY_URL: 'wss://env' },
      undefined,
      'wss://env',
      'env OPENCLAW_GATEWAY_URL',
    ],
    [{}, { OPENCLAW_GATEWAY_URL: 'wss://env' }, 'wss://flag/path', 'wss://flag/path', 'cli --url'],
    [{}, { OPENCLAW_GATEWAY_URL: '  ' }, '', 'ws://127.0.0.1:18789', 'local loopback'],
    [{}, {}, 'https://far:8443', 'wss://far:8443', 'cli --url'],
    ['nonsense', {}, undefined, 'ws://127.0.0.1:18789', 'local loopback'],
  ])('config %j, environment %j, --url %j give %s from %s', (gateway, env, url, shownUrl, source) => {
    expect(target(gateway, env, url)).toMatchObject({ shownUrl, source });
  });

  it('refuses remote mode without a URL instead of falling back', () => {
    expect(() => target({ mode: 'remote' })).toThrow(
      'gateway remote mode misconfigured: gateway.remote.url missing\n' +
        `Config: ${configPath}\nFix: set gateway.remote.url, or set gateway.mode=local.`,
    );
  });

  it.each(['far', 'ftp://far', 'ws://', 'http//x', 'ws://ho st'])('refuses %j as URL, without repeating it', (url) => {
    try {
      target({}, {}, url);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SessionsError);
      expect((error as SessionsError).code).toBe('GATEWAY_SETUP');
      expect((error as SessionsError).message).toMatch(/^The Gateway URL is not a WebSocket URL\./);
    }
  });

  it('shows no user name, password, query or fragment of a URL', () => {
    const found = target({}, {}, 'wss://user:secret@far:1/path?token=secret#secret');
    expect(describeTarget(found)).toBe(`Gateway target: wss://far:1/path\nSource: cli --url\nConfig: ${configPath}`);
    expect(found.url.hash).toBe('');
  });

  it('says where a local Gateway is bound', () => {
    expect(describeTarget(target({ bind: 'lan' }))).toMatch(/\nBind: lan$/);
    expect(describeTarget(target({}))).toMatch(/\nBind: loopback$/);
  });
});

describe('checkTransport', () => {
  const check =
    (url: string, env = {}) =>
    () => {
      checkTransport(target({}, {}, url), env);
    };
  const breakGlass = { OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: '1' };

  it.each([
    'ws://localhost:1',
    'ws://LocalHost.:1',
    'ws://127.0.0.1',
    'ws://127.9.9.9',
    'ws://[::1]',
    'ws://[::ffff:127.0.0.1]',
    'wss://far',
    'https://8.8.8.8',
  ])('allows %s', (url) => {
    expect(check(url)).not.toThrow();
  });

  it.each([
    'ws://10.1.2.3:18789',
    'ws://far',
    'ws://localhost.evil',
    'ws://127.0.0.1.evil',
    'ws://127.0.0.1@evil',
    'ws://[::2]',
    'ws://0.0.0.0',
    'http://192.168.1.1',
  ])('refuses %s', (url) => {
    expect(check(url)).toThrow(/^SECURITY ERROR: Gateway URL ".*" uses plaintext ws:\/\/ to a non-loopback address\./);
  });

  it.each([
    'ws://10.1.2.3',
    'ws://172.31.0.1',
    'ws://192.168.1.1',
    'ws://169.254.1.1',
    'ws://100.64.0.1',
    'ws://[fd00::1]',
    'ws://[fe80::1]',
    'ws://gateway',
  ])('allows %s when private networks are allowed', (url) => {
    expect(check(url, breakGlass)).not.toThrow();
  });

  it.each(['ws://8.8.8.8', 'ws://172.32.0.1', 'ws://[2001:db8::1]'])('refuses %s even then', (url) => {
    expect(check(url, breakGlass)).toThrow(/^SECURITY ERROR/);
  });

  it('words the refusal as OpenClaw 2026.5.12 does', () => {
    const env = { OPENCLAW_GATEWAY_URL: 'ws://10.1.2.3:18789' };
    expect(() => {
      checkTransport(target({}, env), env);
    }).toThrowErrorMatchingInlineSnapshot(`
      [SessionsError: SECURITY ERROR: Gateway URL "ws://10.1.2.3:18789" uses plaintext ws:// to a non-loopback address.
      Both credentials and chat data would be exposed to network interception.
      Source: env OPENCLAW_GATEWAY_URL
      Config: /home/user/.openclaw/openclaw.json
      Fix: Use wss:// for remote gateway URLs.
      Safe remote access defaults:
      - keep gateway.bind=loopback and use an SSH tunnel (ssh -N -L 18789:127.0.0.1:18789 user@gateway-host)
      - or use Tailscale Serve/Funnel for HTTPS remote access
      Break-glass (trusted private networks only): set OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1
      Doctor: openclaw doctor --fix
      Docs: https://docs.openclaw.ai/gateway/remote]
    `);
  });
});
