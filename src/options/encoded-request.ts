import * as z from 'zod';
import { SessionsError } from '../errors.ts';

/** What to export, as an encoded request names it; a field that is missing says nothing. */
export interface EncodedRequest {
  readonly sessionKey?: string | undefined;
  readonly output?: string | undefined;
  readonly store?: string | undefined;
  readonly agent?: string | undefined;
  readonly workspace?: string | undefined;
}

/** Only a text that is not blank counts; anything else is as if it were not there. */
const field = z
  .string()
  .refine((text) => text.trim() !== '')
  .optional()
  .catch(undefined);

const request = z.object({ sessionKey: field, output: field, store: field, agent: field, workspace: field });

/**
 * Decodes `--request-json-base64`: base64url of a JSON object. Unknown fields are ignored.
 *
 * @throws SessionsError USAGE, worded as in OpenClaw 2026.5.12; broken JSON shows the parser's own message
 */
export function decodeRequest(payload: string): EncodedRequest {
  const encoded = payload.trim();
  if (encoded === '') return {};
  if (!/^[A-Za-z0-9_-]{1,65536}$/.test(encoded)) throw failure('Encoded trajectory export request is invalid');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
  } catch (error) {
    throw failure(error instanceof Error ? error.message : String(error));
  }
  const parsed = request.safeParse(value);
  if (!parsed.success) throw failure('Encoded trajectory export request must be a JSON object');
  return parsed.data;
}

function failure(reason: string): SessionsError {
  return new SessionsError('USAGE', `Failed to decode trajectory export request: ${reason}`);
}
