import { SessionsError, type SessionsErrorOptions } from '../errors.ts';
import type { GatewayError } from './protocol.ts';
import { describeTarget, type GatewayTarget } from './target.ts';

/** An error the Gateway answered with: as `connect` GATEWAY_FAILED, else GATEWAY_REJECTED (its own message). */
export class GatewayRefusal extends SessionsError {
  readonly answer: GatewayError;

  constructor(
    code: 'GATEWAY_FAILED' | 'GATEWAY_REJECTED',
    message: string,
    answer: GatewayError,
    options: Omit<SessionsErrorOptions, 'details'> = {},
  ) {
    const { code: gatewayCode, details } = answer;
    super(code, message, { ...options, details: { gatewayCode, gatewayDetailCode: details?.['code'] } });
    this.answer = answer;
  }

  /** The finer code, where the Gateway gives one. */
  get detailCode(): unknown {
    return this.answer.details?.['code'];
  }
}

/** No connection came about. */
export function unreachable(target: GatewayTarget, systemCode: string, cause?: unknown): SessionsError {
  const lines = [
    `Gateway not reachable at ${target.shownUrl} (${systemCode}).`,
    'Start it with `openclaw gateway run` or check `openclaw gateway status`.',
    describeTarget(target),
  ];
  const details = { url: target.shownUrl, source: target.source, systemCode };
  return new SessionsError('GATEWAY_UNREACHABLE', lines.join('\n'), { details, cause });
}

/** True when the address answered that nobody listens there: the one case in which local work cannot collide. */
export function isNothingListening(error: unknown): error is SessionsError {
  return (
    error instanceof SessionsError &&
    error.code === 'GATEWAY_UNREACHABLE' &&
    error.details?.['systemCode'] === 'ECONNREFUSED'
  );
}

/** Why a connection is of no use any more. */
export interface Ending {
  readonly code: 'GATEWAY_FAILED' | 'INTERRUPTED' | 'TERMINATED';
  /** What happened, as a sentence without its full stop. */
  readonly reason: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * What became of a connection whose socket failed, in words of ours: those of the libraries below are about HTTP, TLS and
 * system calls.
 *
 * @param redact takes secrets out of what a server or library said
 */
export function socketFailure(error: Error, { shownUrl }: GatewayTarget, redact: (text: string) => string): Ending {
  const { reason, hint } = explainSocketError(error, shownUrl, redact);
  return { code: 'GATEWAY_FAILED', reason, hint, cause: error };
}

function explainSocketError(
  error: Error & { readonly code?: string },
  url: string,
  redact: (text: string) => string,
): Required<Pick<Ending, 'reason' | 'hint'>> {
  const { code = '', message } = error;
  const status = /^Unexpected server response: (\d{3})$/.exec(message)?.[1];
  if (status !== undefined) {
    return {
      reason: `The connection failed: ${url} answers with HTTP status ${status} instead of opening a WebSocket`,
      hint: 'Check the URL: something else than an OpenClaw Gateway listens there, or a proxy in front of it.',
    };
  }
  if (code.startsWith('HPE_')) {
    return {
      reason: `The connection failed: ${url} does not speak HTTP`,
      hint: 'Check host and port: something else than an OpenClaw Gateway listens there.',
    };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return {
      reason: `The connection failed: ${url} cut it`,
      hint: 'Check the URL, and the log on the host of the Gateway.',
    };
  }
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return {
      reason: `The connection failed: ${url} does not speak TLS as this program does`,
      hint: 'Check the URL: wss:// is for a Gateway with TLS, ws:// for one without.',
    };
  }
  if (/CERT|SELF_SIGNED|ALTNAME|LEAF_SIGNATURE/.test(code)) {
    return {
      reason: `The connection failed: the certificate of ${url} is not trusted (${redact(message)})`,
      hint: 'Name its fingerprint in gateway.remote.tlsFingerprint of the config, or give the Gateway a certificate that is.',
    };
  }
  return {
    reason: `The connection failed: ${url}: ${redact(message)}`,
    hint: 'Check the URL, and whether the Gateway is running: openclaw gateway status',
  };
}

/** The user's signal as an ending. */
export function interruption({ reason }: AbortSignal): Ending {
  return { code: reason === 'SIGTERM' ? 'TERMINATED' : 'INTERRUPTED', reason: 'Interrupted' };
}

/**
 * A connection that ended before the answer.
 *
 * @param writing the method in flight when it may have changed something: the outcome is then unknown
 */
export function lostConnection(target: GatewayTarget, ending: Ending, writing?: string): SessionsError {
  const details = {
    url: target.shownUrl,
    source: target.source,
    ...(writing === undefined ? {} : { method: writing }),
  };
  if (writing === undefined) {
    const message = `${ending.reason}.\n${describeTarget(target)}`;
    const { hint, cause } = ending;
    return new SessionsError(ending.code, message, { ...(hint === undefined ? {} : { hint }), details, cause });
  }
  return new SessionsError(
    ending.code === 'GATEWAY_FAILED' ? 'GATEWAY_UNKNOWN_OUTCOME' : ending.code,
    `${ending.reason}. ${writing} was sent and not answered: whether it was done is unknown.\n${describeTarget(target)}`,
    {
      hint: lookFirst,
      details,
      cause: ending.cause,
    },
  );
}

/** What to do when nobody knows whether something was done. */
export const lookFirst =
  'Nothing was done here. Look before you repeat it: `sessions list` shows the store, and the log on the host of the Gateway what it did.';

/** The Gateway turned us down in the handshake. */
export function refusedConnect(target: GatewayTarget, answer: GatewayError): GatewayRefusal {
  const hint = connectHint(answer);
  const message = `gateway connect failed: ${answer.message}\n${describeTarget(target)}`;
  return new GatewayRefusal('GATEWAY_FAILED', message, answer, hint === undefined ? {} : { hint });
}

/** The Gateway answered a request with an error; its message is passed on as it is. */
export function refusedRequest(target: GatewayTarget, method: string, answer: GatewayError): GatewayRefusal {
  if (!answer.message.startsWith('unknown method'))
    return new GatewayRefusal('GATEWAY_REJECTED', answer.message, answer);
  const message = `The Gateway at ${target.shownUrl} does not know the method ${method}.`;
  return new GatewayRefusal('GATEWAY_FAILED', message, answer, { hint: 'Update OpenClaw on the host of the Gateway.' });
}

function connectHint({ code, details }: GatewayError): string | undefined {
  const requestId = details?.['requestId'];
  switch (details?.['code'] ?? code) {
    case 'AUTH_TOKEN_MISMATCH':
    case 'AUTH_TOKEN_MISSING':
    case 'AUTH_PASSWORD_MISMATCH':
    case 'AUTH_PASSWORD_MISSING':
      return "Give the Gateway's own secret: gateway.auth.token or .password in the config, or OPENCLAW_GATEWAY_TOKEN or _PASSWORD.";
    case 'DEVICE_IDENTITY_REQUIRED':
      return 'Without a token or password this Gateway takes only paired devices: set OPENCLAW_GATEWAY_TOKEN or gateway.auth.token.';
    case 'PAIRING_REQUIRED':
      // It becomes part of a command to copy: only what looks like an id.
      return typeof requestId === 'string' && /^[\w-]{1,64}$/.test(requestId)
        ? `Approve this device on the host of the Gateway, then try again: openclaw devices approve ${requestId}`
        : 'Approve this device on the host of the Gateway (openclaw devices list), then try again.';
    case 'DEVICE_AUTH_SIGNATURE_EXPIRED':
      return 'The clocks of this host and of the Gateway differ by more than two minutes.';
    case 'AUTH_RATE_LIMITED':
      return 'Too many failed attempts: wait five minutes.';
    case 'PROTOCOL_MISMATCH':
      return 'This program speaks protocol 4: update OpenClaw on the host of the Gateway, or this program.';
    default:
      return undefined;
  }
}
