import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { FoundSession } from '../core/manage/plan.ts';
import { parseAgentKey } from '../core/session-key.ts';
import { SessionsError } from '../errors.ts';
import type { GatewayConnection } from './client.ts';
import { GatewayRefusal, lookFirst } from './failures.ts';

/** The Gateway's methods on sessions, the same for every release (docs/gateway.md, methods). */
export interface SessionMethods {
  /** Why sessions cannot be archived by this Gateway; undefined when they can, as far as its release tells. */
  readonly noArchive: SessionsError | undefined;
  /** What is stored under a key, spelled as the store does; undefined for nothing. Changes nothing. */
  find(key: string, agentId: string | undefined): Promise<FoundSession | undefined>;
  archive(session: FoundSession, agentId: string | undefined): Promise<void>;
  /** @returns whether something was there to delete, and the paths its transcripts were put to */
  delete(
    session: FoundSession,
    agentId: string | undefined,
  ): Promise<{ readonly isDeleted: boolean; readonly archived: readonly string[] }>;
  reset(session: FoundSession, agentId: string | undefined, reason: 'new' | 'reset' | undefined): Promise<void>;
  /** @returns the payload as it came */
  compact(key: string, agentId: string | undefined, maxLines: number | undefined): Promise<unknown>;
}

export interface MethodTimeouts {
  /** For requests that change nothing. */
  readonly readMs: number;
  readonly writeMs: number;
}

/** As the command line of 2026.9.6 has them. */
export const defaultTimeouts: MethodTimeouts = { readMs: 30_000, writeMs: 600_000 };

/**
 * Binds the methods to a connection.
 *
 * Older releases refuse parameters they do not know before they do anything, so what only makes a request safer
 * (`expectedSessionId`: only if the key still means the session we looked at) is left out after such a refusal. What
 * decides which session is meant (`agentId`) is never left out.
 */
export function createSessionMethods(connection: GatewayConnection, timeouts = defaultTimeouts): SessionMethods {
  const refused = new Map<string, Set<string>>();

  const write = async (method: string, params: JsonObject, optional: JsonObject = {}): Promise<unknown> => {
    const known = refused.get(method) ?? new Set();
    refused.set(method, known);
    for (;;) {
      const extra = Object.entries(optional).filter(([name, value]) => value !== undefined && !known.has(name));
      try {
        const whole = defined({ ...params, ...Object.fromEntries(extra) });
        return await connection.request(method, whole, { writes: true, timeoutMs: timeouts.writeMs });
      } catch (error) {
        const name = unexpectedProperty(error);
        if (name === undefined || !extra.some(([each]) => each === name)) throw error;
        known.add(name);
      }
    }
  };
  const read = (method: string, params: JsonObject): Promise<unknown> =>
    connection.request(method, defined(params), { writes: false, timeoutMs: timeouts.readMs });

  return {
    find: (key, agentId) => findSession(read, connection, key, agentId),

    noArchive: lacksArchive(connection.hello.version) ? cannotArchive(connection) : undefined,

    archive: async ({ key, sessionId }, agentId) => {
      const params = { key, agentId: needed(key, agentId), archived: true };
      try {
        await write('sessions.patch', params, { expectedSessionId: sessionId });
      } catch (error) {
        throw unexpectedProperty(error) === 'archived' ? cannotArchive(connection) : error;
      }
    },

    delete: async ({ key, sessionId, isArchived }, agentId) => {
      const params = { key, agentId: needed(key, agentId), deleteTranscript: true };
      const safer = { expectedSessionId: sessionId, archivedOnly: isArchived === true ? true : undefined };
      const { deleted, archived } = check(
        deletedSchema,
        await write('sessions.delete', params, safer),
        'sessions.delete',
      );
      return { isDeleted: deleted, archived };
    },

    reset: async ({ key, sessionId }, agentId, reason) => {
      const params = { key, agentId: needed(key, agentId), reason };
      await write('sessions.reset', params, { expectedSessionId: sessionId });
    },

    compact: (key, agentId, maxLines) => write('sessions.compact', { key, agentId: needed(key, agentId), maxLines }),
  };
}

/** A key that names its agent needs no other word, and 2026.5.12 would not take one. */
function needed(key: string, agentId: string | undefined): string | undefined {
  return parseAgentKey(key) === undefined ? agentId : undefined;
}

type Read = (method: string, params: JsonObject) => Promise<unknown>;

/**
 * Asks for one row, which every known release can; a Gateway that lists its methods without that one is searched page by
 * page, as the command line of 2026.9.6 does.
 */
async function findSession(
  read: Read,
  { hello }: GatewayConnection,
  key: string,
  agentId: string | undefined,
): Promise<FoundSession | undefined> {
  if (hello.methods.includes('sessions.describe') || !hello.methods.includes('sessions.list')) {
    try {
      const payload = await read('sessions.describe', { key, agentId: needed(key, agentId) });
      // Null is the answer for an unknown key; a payload without the word is no answer.
      if (isJsonObject(payload) && 'session' in payload) return sameSession(key, payload['session']);
    } catch (error) {
      if (!(error instanceof GatewayRefusal) || !error.answer.message.startsWith('unknown method')) throw error;
    }
  }
  return searchPages(read, key, agentId);
}

async function searchPages(read: Read, key: string, agentId: string | undefined): Promise<FoundSession | undefined> {
  let offset: number | null | undefined = 0;
  for (let page = 0; offset != null && page < maxPages; page++) {
    const payload = await read('sessions.list', {
      limit: 200,
      offset,
      archived: 'all',
      includeGlobal: true,
      includeUnknown: true,
      agentId: agentId ?? parseAgentKey(key)?.agentId,
    });
    const { sessions, nextOffset } = check(pageSchema, payload, 'sessions.list');
    const found = sessions.map((row) => sameSession(key, row)).find((session) => session !== undefined);
    if (found !== undefined) return found;
    offset = nextOffset;
  }
  return undefined;
}

/** Against a Gateway that never ends its list. */
const maxPages = 1_000;

/** The row, if it is stored under just this key: a shorter spelling (`main`) that the Gateway understands is not taken. */
function sameSession(key: string, row: unknown): FoundSession | undefined {
  const { data } = rowSchema.safeParse(row);
  if (data === undefined || data.key.toLowerCase() !== key.toLowerCase()) return undefined;
  return { key: data.key, sessionId: data.sessionId, isArchived: data.archived, isMain: data.isMain };
}

const rowSchema = z.object({
  key: z.string(),
  sessionId: z.string().min(1).optional().catch(undefined),
  archived: z.boolean().optional().catch(undefined),
  isMain: z.boolean().optional().catch(undefined),
});

const pageSchema = z.object({
  sessions: z.array(z.unknown()),
  nextOffset: z.number().int().positive().nullish().catch(undefined),
});

const deletedSchema = z.object({ deleted: z.boolean(), archived: z.array(z.string()).catch([]) });

/** @throws SessionsError GATEWAY_UNKNOWN_OUTCOME for a method that changes something, else GATEWAY_FAILED */
function check<Type>(schema: z.ZodType<Type>, payload: unknown, method: 'sessions.list' | 'sessions.delete'): Type {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const message = `The Gateway answered ${method} in a way we do not understand.`;
  throw method === 'sessions.list'
    ? new SessionsError('GATEWAY_FAILED', message)
    : new SessionsError('GATEWAY_UNKNOWN_OUTCOME', message, { hint: lookFirst });
}

/** The parameter a release does not know; every release checks parameters before it does anything. */
function unexpectedProperty(error: unknown): string | undefined {
  if (!(error instanceof GatewayRefusal)) return undefined;
  return /unexpected property '([A-Za-z]+)'/.exec(error.answer.message)?.[1];
}

/** Known of 2026.5; 2026.7.35 has it. Of the releases between, the answer to the request tells. */
function lacksArchive(version: string): boolean {
  const [, year, month] = /^(\d{4})\.(\d{1,2})\./.exec(version) ?? [];
  return Number(year) < 2026 || (Number(year) === 2026 && Number(month) <= 5);
}

function cannotArchive({ target, hello }: GatewayConnection): SessionsError {
  return new SessionsError(
    'GATEWAY_FAILED',
    `The Gateway at ${target.shownUrl} (OpenClaw ${hello.version}) cannot archive sessions: its release has no archive. Update it, or delete the session.`,
  );
}

function defined(params: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}
