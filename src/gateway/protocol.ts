import * as z from 'zod';

// The frames of the Gateway's WebSocket protocol, version 4: one JSON object per text message, spoken by OpenClaw
// 2026.5.12, 2026.7.35 and 2026.9.6. Keys that we do not know are ignored, payloads are never copied.

/** Bytes of one frame the Gateway takes before its hello; larger ones end in close 1009. */
export const maxConnectFrameBytes = 64 * 1024;

/** Bytes of one frame either side takes after the hello, unless the hello's policy says otherwise. */
export const defaultMaxPayloadBytes = 25 * 1024 * 1024;

/** What the Gateway sent, taken apart. */
export type Frame =
  | EventFrame
  | ResponseFrame
  | {
      /** Not JSON, or no frame of this protocol. A damaged response still names the request it cannot answer any more. */
      readonly kind: 'malformed';
      readonly id?: string;
      readonly reason: string;
    };

export interface EventFrame {
  readonly kind: 'event';
  readonly event: string;
  readonly payload: unknown;
}

export type ResponseFrame =
  | { readonly kind: 'response'; readonly id: string; readonly ok: true; readonly payload: unknown }
  | { readonly kind: 'response'; readonly id: string; readonly ok: false; readonly error: GatewayError };

/** The error of a response. `details.code` is the finer code where there is one (AUTH_TOKEN_MISMATCH, ...). */
export interface GatewayError {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
}

export interface RequestFrame {
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
}

/** Reads one message of the Gateway; never throws. */
export function parseFrame(text: string): Frame {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'malformed', reason: 'not JSON' };
  }
  const parsed = frameSchema.safeParse(json);
  if (!parsed.success) {
    const id = z.object({ type: z.literal('res'), id: z.string() }).safeParse(json).data?.id;
    const reason = 'not a frame of this protocol';
    return id === undefined ? { kind: 'malformed', reason } : { kind: 'malformed', id, reason };
  }
  const frame = parsed.data;
  if (frame.type === 'event') return { kind: 'event', event: frame.event, payload: frame.payload };
  return frame.ok
    ? { kind: 'response', id: frame.id, ok: true, payload: frame.payload }
    : { kind: 'response', id: frame.id, ok: false, error: frame.error };
}

/** The text of a request. `params` holds no undefined and no null: the Gateway refuses what it does not expect. */
export function stringifyRequest({ id, method, params }: RequestFrame): string {
  return JSON.stringify({ type: 'req', id, method, params });
}

const errorSchema = z.object({
  code: z.string().catch('UNKNOWN'),
  message: z.string().catch('no message'),
  details: z.record(z.string(), z.unknown()).optional().catch(undefined),
  retryable: z.boolean().optional().catch(undefined),
  retryAfterMs: z.number().nonnegative().optional().catch(undefined),
});

const frameSchema = z.union([
  z.object({ type: z.literal('event'), event: z.string(), payload: z.unknown() }),
  z.object({ type: z.literal('res'), id: z.string(), ok: z.literal(true), payload: z.unknown() }),
  z.object({ type: z.literal('res'), id: z.string(), ok: z.literal(false), error: errorSchema }),
]);

/** What the Gateway says of itself once it has accepted us; only what we use. */
export interface Hello {
  /** OpenClaw release of the Gateway, such as `2026.5.12`. */
  readonly version: string;
  /** Not complete: in 2026.5.12 some methods work that are not listed. */
  readonly methods: readonly string[];
  /** The last part of the key of every agent's main session. */
  readonly mainKey: string;
  readonly maxPayloadBytes: number;
}

/** @returns undefined when the payload is no hello */
export function parseHello(payload: unknown): Hello | undefined {
  const hello = helloSchema.safeParse(payload).data;
  if (hello === undefined) return undefined;
  return {
    version: hello.server.version,
    methods: hello.features.methods,
    mainKey: hello.snapshot.sessionDefaults.mainKey,
    maxPayloadBytes: hello.policy.maxPayload,
  };
}

const helloSchema = z.object({
  type: z.literal('hello-ok'),
  server: z.object({ version: z.string().catch('unknown') }).catch({ version: 'unknown' }),
  features: z.object({ methods: z.array(z.string()).catch([]) }).catch({ methods: [] }),
  snapshot: z
    .object({ sessionDefaults: z.object({ mainKey: z.string() }).catch({ mainKey: 'main' }) })
    .catch({ sessionDefaults: { mainKey: 'main' } }),
  policy: z.object({ maxPayload: z.number().positive() }).catch({ maxPayload: defaultMaxPayloadBytes }),
});

/** The nonce of a `connect.challenge` event, which opens every connection; undefined when it holds none. */
export function parseChallenge(payload: unknown): string | undefined {
  return z.object({ nonce: z.string().min(1) }).safeParse(payload).data?.nonce;
}

/** What a close code means, for messages. */
export function closeMeaning(code: number): string {
  switch (code) {
    case 1000:
    case 1005:
      return 'closed without a reason';
    case 1002:
      return 'protocol mismatch';
    case 1006:
      return 'dropped without a farewell';
    case 1008:
      return 'refused by policy';
    case 1009:
      return 'message too large';
    case 1012:
      return 'the Gateway is stopping or restarting';
    case 1013:
      return 'the Gateway is still starting';
    case 4001:
      return 'its credentials were changed';
    default:
      return 'closed';
  }
}
