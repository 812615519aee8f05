import { isJsonObject, nonBlank } from '../json.ts';

/** What a compaction came to, read from the Gateway's payload. */
export interface CompactReport {
  /** Key as the Gateway spells it, else as given. */
  readonly key: string;
  readonly status: 'compacted' | 'not_needed' | 'failed';
  readonly reason: string | undefined;
  /** Transcript lines that are left, after a cut. */
  readonly keptLines: number | undefined;
  /** Tokens before and after, when a model summarised. */
  readonly tokens: { readonly before: number; readonly after: number } | undefined;
  /** As it came: what `--json` prints. */
  readonly payload: unknown;
}

/** Reads the payload of `sessions.compact`; whatever is not `ok: true` has failed. */
export function reportCompact(key: string, payload: unknown): CompactReport {
  const fields = isJsonObject(payload) ? payload : {};
  const result = isJsonObject(fields['result']) ? fields['result'] : {};
  const [before, after] = [number(result['tokensBefore']), number(result['tokensAfter'])];
  return {
    key: nonBlank(fields['key']) ?? key,
    status: fields['ok'] !== true ? 'failed' : fields['compacted'] === true ? 'compacted' : 'not_needed',
    reason: nonBlank(fields['reason']),
    keptLines: number(fields['kept']),
    tokens: before === undefined || after === undefined ? undefined : { before, after },
    payload,
  };
}

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
