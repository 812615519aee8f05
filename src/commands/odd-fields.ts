import { findOddFields } from '../core/odd-fields.ts';
import { oddFieldLines } from '../render/odd-fields.ts';
import type { StoredRow } from '../stores/types.ts';
import type { Messages } from './types.ts';

/** Says with --verbose what counts for nothing in these rows (V7). */
export function tellOddFields(storePath: string, rows: readonly StoredRow[], messages: Messages): void {
  for (const line of oddFieldLines(storePath, findOddFields(rows))) messages.detail(line);
}
