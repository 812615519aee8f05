import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveCredentials } from '../../../src/gateway/credentials.ts';
import { readGatewaySettings } from '../../../src/gateway/settings.ts';
import { resolveTarget } from '../../../src/gateway/target.ts';
import { scratchFolder, writeTree } from '../../helpers/scratch.ts';

interface Case {
  readonly gateway?: unknown;
  readonly secrets?: unknown;
  readonly env?: Record<string, string>;
  readonly url?: string;
  readonly given?: { token?: string; password?: string };
  readonly homeDir?: string;
}

async function resolve({ gateway, secrets, env = {}, url, given = {}, homeDir = '/home/user' }: Case) {
  const settings = readGatewaySettings({ gateway, secrets });
  const target = resolveTarget({ env, configPath: '/c.json', ...(url === undefined ? {} : { url }) }, settings);
  const uid = process.geteuid?.();
  const signal = new AbortController().signal;
  return resolveCredentials(target, given, settings, { env, homeDir, uid, secrets: settings.secrets, signal });
}

const all = { OPENCLAW_GATEWAY_TOKEN: 'env-token', OPENCLAW_GATEWAY_PASSWORD: 'env-password' };
const auth = { token: 'auth-token', password: 'auth-password' };
const remote = { url: 'wss://far', token: 'remote-token', password: 'remote-password' };

describe('resolveCredentials', () => {
  it.each<[string, Case, { token?: string | undefined; password?: string | undefined }]>([
    ['nothing at all', {}, { token: undefined, password: undefined }],
    [
      'local: the environment first',
      { gateway: { auth, remote }, env: all },
      { token: 'env-token', password: 'env-password' },
    ],
    ['local: then gateway.auth', { gateway: { auth, remote } }, { token: 'auth-token', password: 'auth-password' }],
    ['local: then gateway.remote', { gateway: { remote } }, { token: 'remote-token', password: 'remote-password' }],
    [
      'local, trusted-proxy: no remote password',
      { gateway: { auth: { mode: 'trusted-proxy' }, remote } },
      { token: 'remote-token', password: undefined },
    ],
    [
      'local, inside the service: the config first',
      { gateway: { auth }, env: { ...all, OPENCLAW_SERVICE_KIND: 'gateway' } },
      { token: 'auth-token', password: 'auth-password' },
    ],
    [
      'remote mode: remote token, password of the environment',
      { gateway: { mode: 'remote', auth, remote }, env: all },
      { token: 'remote-token', password: 'env-password' },
    ],
    [
      'remote mode without its own: environment, then auth',
      { gateway: { mode: 'remote', auth, remote: { url: 'wss://far' } }, env: { OPENCLAW_GATEWAY_TOKEN: 'env-token' } },
      { token: 'env-token', password: 'auth-password' },
    ],
    [
      'URL of the environment: nothing of the config',
      { gateway: { auth, remote }, env: { OPENCLAW_GATEWAY_URL: 'wss://e', OPENCLAW_GATEWAY_TOKEN: 'env-token' } },
      { token: 'env-token', password: undefined },
    ],
    [
      'given ones end the search',
      { gateway: { auth }, env: all, given: { password: 'mine' } },
      { token: undefined, password: 'mine' },
    ],
    ['blank means unset', { gateway: { auth }, env: { OPENCLAW_GATEWAY_TOKEN: ' ' } }, { token: 'auth-token' }],
    ['a reference to the environment', { gateway: { auth: { token: '${GW}' } }, env: { GW: 's' } }, { token: 's' }],
    ['the older spelling', { gateway: { auth: { token: 'secretref-env:GW' } }, env: { GW: 's' } }, { token: 's' }],
    [
      'a reference that is not needed is not resolved',
      { gateway: { auth: { token: '${GW}' } }, env: all },
      { token: 'env-token' },
    ],
    [
      'a lost reference does no harm beside a password',
      { gateway: { auth: { token: '${GW}', password: 'p' } } },
      { token: undefined, password: 'p' },
    ],
  ])('%s', async (_name, input, expected) => {
    expect(await resolve(input)).toMatchObject(expected);
  });

  it('wants credentials with a URL that overrides the config', async () => {
    await expect(resolve({ url: 'wss://far', env: all, gateway: { auth } })).rejects.toThrow(
      /^gateway url override requires explicit credentials\nFix: .*--token.*\nConfig: \/c\.json$/,
    );
    await expect(resolve({ env: { OPENCLAW_GATEWAY_URL: 'wss://far' }, gateway: { auth } })).rejects.toThrow(
      /^gateway url override requires explicit credentials\nFix: .*OPENCLAW_GATEWAY_TOKEN/,
    );
  });

  it('fails when the reference that was meant cannot be resolved', async () => {
    await expect(
      resolve({ gateway: { auth: { token: '${GW}' }, remote: { token: 'remote-token' } } }),
    ).rejects.toMatchObject({
      code: 'GATEWAY_SETUP',
      message:
        'gateway.auth.token is configured as a secret reference but is unavailable in this command path.\n' +
        'Reason: environment variable GW is not set\n' +
        'Fix: set OPENCLAW_GATEWAY_TOKEN/OPENCLAW_GATEWAY_PASSWORD, pass explicit --token/--password,\n' +
        'or run a gateway command path that resolves secret references before credential selection.',
    });
  });
});

describe('secret references', () => {
  const tokenRef = (ref: unknown, providers?: unknown, env: Record<string, string> = {}) =>
    resolve({ gateway: { auth: { token: ref } }, secrets: { providers, defaults: { file: 'kept' } }, env });

  it('reads a JSON file by pointer, with escaped names and the default provider', async () => {
    const folder = writeTree(scratchFolder(), { 's.json': { 'a/b': { '~c': [' deep '] } } });
    fs.chmodSync(path.join(folder, 's.json'), 0o600);
    const providers = { kept: { source: 'file', path: path.join(folder, 's.json'), mode: 'json' } };
    expect(await tokenRef({ source: 'file', id: '/a~1b/~0c/0' }, providers)).toMatchObject({ token: 'deep' });
    await expect(tokenRef({ source: 'file', id: '/a~1b/__proto__' }, providers)).rejects.toThrow(
      /no text under this id/,
    );
  });

  it('reads a file that holds one value, below the home folder', async () => {
    const homeDir = writeTree(scratchFolder(), { 'key.txt': 'one value\n' });
    fs.chmodSync(path.join(homeDir, 'key.txt'), 0o600);
    const secrets = { providers: { f: { source: 'file', path: '~/key.txt', mode: 'singleValue' } } };
    const gateway = { auth: { token: { source: 'file', provider: 'f', id: 'value' } } };
    expect(await resolve({ gateway, secrets, homeDir })).toMatchObject({ token: 'one value' });
  });

  it('refuses a file that others can read, and takes it when told to', async () => {
    const folder = writeTree(scratchFolder(), { 'key.txt': 'v' });
    const file = path.join(folder, 'key.txt');
    fs.chmodSync(file, 0o644);
    const provider = { source: 'file', path: file, mode: 'singleValue' };
    const ref = { source: 'file', provider: 'f', id: 'value' };
    await expect(tokenRef(ref, { f: provider })).rejects.toThrow(/others may own, read or change it/);
    expect(await tokenRef(ref, { f: { ...provider, allowInsecurePath: true } })).toMatchObject({ token: 'v' });
  });

  it('asks a program, without a shell and with only the variables it may see', async () => {
    const folder = scratchFolder();
    const command = path.join(folder, 'resolver.mjs');
    const program = `#!${process.execPath}
let input = '';
for await (const piece of process.stdin) input += piece;
const { provider, ids } = JSON.parse(input);
const seen = [provider, ...process.argv.slice(2), process.env.SHOWN, process.env.HIDDEN].join('|');
process.stdout.write(JSON.stringify({ protocolVersion: 1, values: { [ids[0]]: seen } }));
`;
    fs.writeFileSync(command, program, { mode: 0o700 });
    const providers = { vault: { source: 'exec', command, args: ['--x', '$(id)'], passEnv: ['SHOWN'] } };
    const env = { SHOWN: 'shown', HIDDEN: 'hidden' };
    expect(await tokenRef({ source: 'exec', provider: 'vault', id: 'gw/token' }, providers, env)).toMatchObject({
      token: 'vault|--x|$(id)|shown|',
    });
  });

  it('never repeats what a failing program printed', async () => {
    const folder = scratchFolder();
    const command = path.join(folder, 'resolver.mjs');
    fs.writeFileSync(
      command,
      `#!${process.execPath}\nprocess.stderr.write('s3cret'); console.log('s3cret'); process.exit(3);`,
      {
        mode: 0o700,
      },
    );
    const lookup = tokenRef({ source: 'exec', provider: 'v', id: 'x' }, { v: { source: 'exec', command } });
    await expect(lookup).rejects.toThrow(/resolver\.mjs failed \(3\)/);
    await expect(lookup).rejects.not.toThrow(/s3cret/);
  });

  it.each<[string, unknown, unknown, RegExp]>([
    ['an unknown provider', { source: 'exec', provider: 'v', id: 'x' }, {}, /secrets\.providers\.v is not configured/],
    ['a name of the prototype', { source: 'env', provider: 'constructor', id: 'X' }, {}, /is not configured/],
    [
      'a provider of another source',
      { source: 'env', provider: 'v', id: 'X' },
      { v: { source: 'file' } },
      /not of source env/,
    ],
    [
      'a variable outside of the allowlist',
      { source: 'env', provider: 'v', id: 'X' },
      { v: { source: 'env', allowlist: ['Y'] } },
      /allowlist/,
    ],
    [
      'a relative program',
      { source: 'exec', provider: 'v', id: 'x' },
      { v: { source: 'exec', command: 'sh' } },
      /not an absolute path/,
    ],
    [
      'a missing program',
      { source: 'exec', provider: 'v', id: 'x' },
      { v: { source: 'exec', command: '/no/such' } },
      /not found: \/no\/such/,
    ],
    [
      'a missing file',
      { source: 'file', provider: 'v', id: '/x' },
      { v: { source: 'file', path: '/no/such' } },
      /not found: \/no\/such/,
    ],
  ])('says why %s cannot be used', async (_name, ref, providers, reason) => {
    await expect(tokenRef(ref, providers)).rejects.toThrow(reason);
  });

  it('takes an object with other keys for no reference and no credential', async () => {
    expect(await tokenRef({ source: 'env', id: 'X', extra: 1 })).toEqual({ token: undefined, password: undefined });
  });
});
