import type { ManageReport } from '../core/manage/report.ts';
import type { KeyResult } from '../core/manage/plan.ts';
import type { SessionsError } from '../errors.ts';

/**
 * The document of archive, delete and reset: that of 2026.9.6, keys in this order. Inside `error`, `code`, `hint` and
 * `details` are ours.
 *
 * @param broken what ended the work before its end
 */
export function renderManageJson(
  { operation, dryRun, results, failure }: ManageReport,
  broken: SessionsError | undefined,
): string {
  const envelope =
    failure === undefined
      ? { ok: true }
      : {
          ok: false,
          error: {
            type: 'cli_error',
            message: failure.message,
            code: failure.code,
            hint: broken?.hint,
            details: broken?.details,
          },
        };
  return `${JSON.stringify({ ...envelope, operation, dryRun, results: results.map(shown) }, null, 2)}\n`;
}

function shown(result: KeyResult) {
  const { key, ok, status } = result;
  if (!result.ok) return { key, ok, status, error: result.error };
  return { key, ok, status, ...(result.archived === undefined ? {} : { archived: result.archived }) };
}
