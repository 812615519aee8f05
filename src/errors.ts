/**
 * Every exit code of the program, in one table (docs/exit-codes.md, `sessions --help`). An exit code is never a count.
 */
export const exitCodes = {
  ok: 0,
  failed: 1,
  badProfile: 2,
  findings: 3,
  storeRefused: 4,
  busy: 5,
  gatewayFailed: 6,
  someKeysFailed: 7,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What went wrong, for scripts: `error.code` of the failure envelope. Stable within a major version. */
export type ErrorCode =
  | 'USAGE'
  | 'BAD_PROFILE'
  | 'CONFIG_INVALID'
  | 'UNKNOWN_AGENT'
  | 'UNKNOWN_KEY'
  | 'REFUSED'
  | 'EXPORT_FAILED'
  | 'FILE_FAILED'
  | 'STORE_DAMAGED'
  | 'STORE_UNREADABLE'
  | 'STORE_UNSUPPORTED'
  | 'STORE_MISSING'
  | 'STORE_NOT_OURS'
  | 'STORE_LOCKED'
  | 'STORE_BUSY'
  | 'STORE_OVERWRITTEN'
  | 'GATEWAY_SETUP'
  | 'GATEWAY_REJECTED'
  | 'GATEWAY_UNREACHABLE'
  | 'GATEWAY_FAILED'
  | 'GATEWAY_UNKNOWN_OUTCOME'
  | 'SOME_KEYS_FAILED'
  | 'BUG'
  | 'INTERRUPTED'
  | 'TERMINATED';

const exitCodeByError: Readonly<Record<ErrorCode, ExitCode>> = {
  USAGE: exitCodes.failed,
  BAD_PROFILE: exitCodes.badProfile,
  CONFIG_INVALID: exitCodes.failed,
  UNKNOWN_AGENT: exitCodes.failed,
  UNKNOWN_KEY: exitCodes.failed,
  REFUSED: exitCodes.failed,
  EXPORT_FAILED: exitCodes.failed,
  FILE_FAILED: exitCodes.failed,
  STORE_DAMAGED: exitCodes.storeRefused,
  STORE_UNREADABLE: exitCodes.storeRefused,
  STORE_UNSUPPORTED: exitCodes.storeRefused,
  STORE_MISSING: exitCodes.storeRefused,
  STORE_NOT_OURS: exitCodes.storeRefused,
  STORE_LOCKED: exitCodes.busy,
  STORE_BUSY: exitCodes.busy,
  STORE_OVERWRITTEN: exitCodes.busy,
  GATEWAY_SETUP: exitCodes.failed,
  GATEWAY_REJECTED: exitCodes.failed,
  GATEWAY_UNREACHABLE: exitCodes.gatewayFailed,
  GATEWAY_FAILED: exitCodes.gatewayFailed,
  GATEWAY_UNKNOWN_OUTCOME: exitCodes.gatewayFailed,
  SOME_KEYS_FAILED: exitCodes.someKeysFailed,
  BUG: exitCodes.failed,
  INTERRUPTED: exitCodes.interrupted,
  TERMINATED: exitCodes.terminated,
};

export const exitCodeOf = (code: ErrorCode): ExitCode => exitCodeByError[code];

export interface SessionsErrorOptions {
  /** One thing to do about it; printed as a line of its own. */
  readonly hint?: string;
  /** Typed facts for scripts (path, line, column, ...), printed in the failure envelope only. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * An expected failure: its message is for the user, and no stack is shown. `message` says what failed, on which path or
 * key, and why; texts that scripts may match are the reference's, word for word. Anything thrown that is not a
 * SessionsError is a bug of ours, and main says so.
 */
export class SessionsError extends Error {
  override readonly name = 'SessionsError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: SessionsErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  get exitCode(): ExitCode {
    return exitCodeOf(this.code);
  }
}
