import { createPrivateKey, verify } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createDeviceIdentity,
  type DeviceClaim,
  devicePayload,
  identityOf,
  readDeviceIdentity,
  readDeviceToken,
  signClaim,
} from '../../../src/gateway/device.ts';
import { normalizeFingerprint } from '../../../src/gateway/tls.ts';
import { scratchFolder, writeTree } from '../../helpers/scratch.ts';

const vector = JSON.parse(
  fs.readFileSync(path.resolve(import.meta.dirname, '../../../fixtures/gateway/signature-vector.json'), 'utf8'),
);
const claim: DeviceClaim = {
  clientId: 'cli',
  clientMode: 'cli',
  role: 'operator',
  scopes: ['operator.admin'],
  signedAtMs: 1_795_211_186_645,
  token: 'tok-f',
  nonce: 'nonce-1',
  platform: 'linux',
  deviceFamily: '',
};

describe('the device signature', () => {
  const identity = identityOf(createPrivateKey(vector.privateKeyPem));

  it('meets the published vector', () => {
    expect(identity.deviceId).toBe(vector.deviceId);
    expect(identity.publicKey).toBe(vector.publicKeyBase64Url);
    for (const version of ['v3', 'v2'] as const) {
      expect(devicePayload(identity.deviceId, claim, version)).toBe(vector[version].payload);
      expect(signClaim(identity, claim, version).signature).toBe(vector[version].signature);
    }
  });

  it('has an empty place for a missing token and lower-cases only A to Z of the platform', () => {
    const payload = devicePayload('id', { ...claim, token: undefined, platform: ' LINUX\u0130 ' }, 'v3');
    expect(payload).toBe('v3|id|cli|cli|operator|operator.admin|1795211186645||nonce-1|linux\u0130|');
  });
});

describe('the identity file', () => {
  it('is read as OpenClaw wrote it, a wrong stored id corrected', async () => {
    const stateDir = writeTree(scratchFolder(), {
      'identity/device.json': { version: 1, deviceId: 'wrong', privateKeyPem: vector.privateKeyPem },
    });
    expect(await readDeviceIdentity(stateDir)).toMatchObject({ deviceId: vector.deviceId });
  });

  it('is absent when there is none', async () => {
    expect(await readDeviceIdentity(scratchFolder())).toBeUndefined();
  });

  it.each(['', 'null', '{}', '{"privateKeyPem":"secret"}', '[1]'])(
    'is named when it holds %j, and its content is not',
    async (text) => {
      const stateDir = writeTree(scratchFolder(), { 'identity/device.json': text });
      const reading = readDeviceIdentity(stateDir);
      await expect(reading).rejects.toThrow(path.join(stateDir, 'identity/device.json'));
      await expect(reading).rejects.not.toThrow(/secret/);
    },
  );

  it("is made with OpenClaw's form and modes, and never replaced", async () => {
    const stateDir = scratchFolder();
    const { identity, path: file } = await createDeviceIdentity(stateDir, 1_795_210_977_838);
    const text = fs.readFileSync(file, 'utf8');
    const json = JSON.parse(text);
    expect(text).toBe(`${JSON.stringify(json, null, 2)}\n`);
    expect(Object.keys(json)).toEqual(['version', 'deviceId', 'publicKeyPem', 'privateKeyPem', 'createdAtMs']);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(await readDeviceIdentity(stateDir)).toMatchObject({ deviceId: identity.deviceId });
    const proof = signClaim(identity, claim, 'v3');
    const signed = Buffer.from(devicePayload(identity.deviceId, claim, 'v3'));
    expect(verify(null, signed, json.publicKeyPem, Buffer.from(proof.signature, 'base64url'))).toBe(true);
    await expect(createDeviceIdentity(stateDir, 1)).rejects.toThrow(/cannot be written/);
    expect(fs.readFileSync(file, 'utf8')).toBe(text);
  });

  it('gives the token kept for this device, and for no other', async () => {
    const kept = { version: 1, deviceId: 'd1', tokens: { operator: { token: 't', role: 'operator' } } };
    const stateDir = writeTree(scratchFolder(), { 'identity/device-auth.json': kept });
    expect(await readDeviceToken(stateDir, 'd1')).toBe('t');
    expect(await readDeviceToken(stateDir, 'd2')).toBeUndefined();
    expect(await readDeviceToken(scratchFolder(), 'd1')).toBeUndefined();
  });
});

describe('a certificate fingerprint', () => {
  it.each(['sha256:AB:cd:01', 'SHA-256 ab cd 01', ' ab-cd-01 ', 'abcd01'])('%j is abcd01', (text) => {
    expect(normalizeFingerprint(text)).toBe('abcd01');
  });
});
