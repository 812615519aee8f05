import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type JsonObject, nonBlank } from '../core/json.ts';
import { SessionsError } from '../errors.ts';

/** The Ed25519 key by which Gateways know this user's OpenClaw (`<stateDir>/identity/device.json`). */
export interface DeviceIdentity {
  /** Lower-case hex SHA-256 of the 32 raw public key bytes. */
  readonly deviceId: string;
  /** The raw public key, base64url without padding. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/**
 * Reads the identity that OpenClaw made; never writes.
 *
 * @returns undefined when there is no such file
 * @throws SessionsError GATEWAY_SETUP when the file is there but holds no key
 */
export async function readDeviceIdentity(stateDir: string): Promise<DeviceIdentity | undefined> {
  const file = identityPath(stateDir);
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'));
    const pem = isJsonObject(json) ? nonBlank(json['privateKeyPem']) : undefined;
    if (pem === undefined) throw new Error('no privateKeyPem');
    return identityOf(createPrivateKey(pem));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // The cause is not passed on: an error about a key may quote it.
    throw new SessionsError('GATEWAY_SETUP', `Device identity cannot be used: ${file}`, {
      hint: 'Move it away and run an openclaw command, which makes a new one; the Gateway must then approve it.',
      details: { path: file },
    });
  }
}

/**
 * Makes a new identity in OpenClaw's form (folder 0700, file 0600), for a Gateway that pairs devices and a user who has
 * none yet. Never replaces a file.
 *
 * @returns the identity and the path of the new file
 */
export async function createDeviceIdentity(
  stateDir: string,
  nowMs: number,
): Promise<{ readonly identity: DeviceIdentity; readonly path: string }> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const identity = identityOf(privateKey);
  const content = {
    version: 1,
    deviceId: identity.deviceId,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    createdAtMs: nowMs,
  };
  const file = identityPath(stateDir);
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new SessionsError('GATEWAY_SETUP', `Device identity cannot be written: ${file}: ${messageOf(error)}`, {
      hint: 'The Gateway wants a paired device. Run an openclaw command once as the user that owns this folder.',
      cause: error,
    });
  }
  return { identity, path: file };
}

/** The operator token the Gateway handed out to this device, if OpenClaw kept one for it. */
export async function readDeviceToken(stateDir: string, deviceId: string): Promise<string | undefined> {
  try {
    const file = path.join(stateDir, 'identity', 'device-auth.json');
    const json: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isJsonObject(json) || json['deviceId'] !== deviceId) return undefined;
    return nonBlank(member(member(json, 'tokens'), 'operator')['token']);
  } catch {
    return undefined;
  }
}

/** What a device signs to connect. */
export interface DeviceClaim {
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  /** In the order they are sent. */
  readonly scopes: readonly string[];
  readonly signedAtMs: number;
  /** `auth.token`, else `auth.deviceToken`; a password is not part of it. */
  readonly token: string | undefined;
  readonly nonce: string;
  readonly platform: string;
  readonly deviceFamily: string;
}

/** All known Gateways take both; v3 also binds the platform. */
export type SignatureVersion = 'v3' | 'v2';

/** Proof that we hold the private key of a device. */
export interface DeviceProof {
  readonly id: string;
  readonly publicKey: string;
  readonly signature: string;
  /** Milliseconds since epoch, within two minutes of the Gateway's clock. */
  readonly signedAt: number;
  readonly nonce: string;
}

/** The signed text: fields joined by `|`, nothing escaped. */
export function devicePayload(deviceId: string, claim: DeviceClaim, version: SignatureVersion): string {
  const fields = [
    version,
    deviceId,
    claim.clientId,
    claim.clientMode,
    claim.role,
    claim.scopes.join(','),
    String(claim.signedAtMs),
    claim.token ?? '',
    claim.nonce,
  ];
  if (version === 'v3') fields.push(asciiLower(claim.platform), asciiLower(claim.deviceFamily));
  return fields.join('|');
}

export function signClaim(identity: DeviceIdentity, claim: DeviceClaim, version: SignatureVersion): DeviceProof {
  const payload = Buffer.from(devicePayload(identity.deviceId, claim, version), 'utf8');
  return {
    id: identity.deviceId,
    publicKey: identity.publicKey,
    signature: sign(null, payload, identity.privateKey).toString('base64url'),
    signedAt: claim.signedAtMs,
    nonce: claim.nonce,
  };
}

/** Everything follows from the private key: a wrong stored id or public key does no harm. */
export function identityOf(privateKey: KeyObject): DeviceIdentity {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (privateKey.asymmetricKeyType !== 'ed25519' || x === undefined) throw new Error('not an Ed25519 key');
  const deviceId = createHash('sha256').update(Buffer.from(x, 'base64url')).digest('hex');
  return { deviceId, publicKey: x, privateKey };
}

const identityPath = (stateDir: string): string => path.join(stateDir, 'identity', 'device.json');

/** Only A to Z: the other side lower-cases the same way whatever its locale. */
const asciiLower = (text: string): string => text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function member(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}
