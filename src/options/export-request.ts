import { nonBlank } from '../core/json.ts';
import { SessionsError } from '../errors.ts';
import type { Flags } from '../program.ts';
import type { Env } from '../world.ts';
import type { EncodedRequest } from './encoded-request.ts';

/** What to export: the command line and the encoded request together. Paths are as typed. */
export interface ExportRequest extends EncodedRequest {
  /** Trimmed. */
  readonly sessionKey: string;
  /** Program name and profile, for hints. */
  readonly program: string;
}

/**
 * Refuses values that are blank (V17); needs no config. A blank `--output` is the default name, as in the reference.
 *
 * @throws SessionsError USAGE
 */
export function checkExportFlags(flags: Pick<Flags, 'agent' | 'store' | 'workspace'>): void {
  for (const name of ['agent', 'store', 'workspace'] as const) {
    if (flags[name]?.trim() === '') throw new SessionsError('USAGE', `--${name} must not be blank`);
  }
}

/**
 * Puts together what was asked for. An encoded request overrides what it names; the rest stays as typed, which OpenClaw
 * 2026.5.12 forgets (V80).
 *
 * @throws SessionsError USAGE for a request that cannot be decoded, and without a key
 */
export async function readExportRequest(flags: Flags, env: Env, programName: string): Promise<ExportRequest> {
  const { sessionKey, output, store, agent, workspace } = flags;
  const encoded = flags.requestJsonBase64 === undefined ? {} : await decode(flags.requestJsonBase64);
  const named = Object.fromEntries(Object.entries(encoded).filter(([, value]) => value !== undefined));
  const request: EncodedRequest = { sessionKey, output, store, agent, workspace, ...named };
  const profile = nonBlank(env['OPENCLAW_PROFILE']);
  const program = profile === undefined ? programName : `${programName} --profile ${profile}`;
  const key = nonBlank(request.sessionKey);
  if (key === undefined) {
    throw new SessionsError('USAGE', `--session-key is required. Run ${program} to choose a session.`);
  }
  return { ...request, sessionKey: key, program };
}

/** Loaded only for those who use it: zod is large. */
async function decode(payload: string): Promise<EncodedRequest> {
  const { decodeRequest } = await import('./encoded-request.ts');
  return decodeRequest(payload);
}
