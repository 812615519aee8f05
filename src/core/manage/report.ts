import { type ErrorCode, type ExitCode, exitCodeOf, exitCodes } from '../../errors.ts';
import type { KeyFailure, KeyResult, Operation } from './plan.ts';

/** What an operation over several keys came to. */
export interface ManageReport {
  readonly operation: Operation;
  readonly dryRun: boolean;
  /** One per key, in the order given. */
  readonly results: readonly KeyResult[];
  /** The failure that stands for the whole; undefined when every key is fine. */
  readonly failure: { readonly code: ErrorCode; readonly message: string } | undefined;
  readonly exitCode: ExitCode;
}

/**
 * Exit code 6 as soon as a Gateway failed on the way, 7 when some keys failed and others did not, else the code of what
 * made them all fail.
 */
export function reportKeys(operation: Operation, dryRun: boolean, results: readonly KeyResult[]): ManageReport {
  const failures = results.filter((result) => !result.ok);
  const decisive = failures.find(({ code }) => exitCodeOf(code) === exitCodes.gatewayFailed) ?? failures[0];
  if (decisive === undefined) return { operation, dryRun, results, failure: undefined, exitCode: exitCodes.ok };
  const code = wholeCode(decisive, failures.length < results.length);
  const message = `Session ${operation} did not complete for every requested key.`;
  return { operation, dryRun, results, failure: { code, message }, exitCode: exitCodeOf(code) };
}

function wholeCode({ code }: KeyFailure, isMixed: boolean): ErrorCode {
  return isMixed && exitCodeOf(code) !== exitCodes.gatewayFailed ? 'SOME_KEYS_FAILED' : code;
}
