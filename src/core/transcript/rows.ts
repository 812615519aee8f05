import { isJsonObject, type JsonObject } from '../json.ts';

/** A line that was read: its JSON object, or why it is none of ours. */
export type ParsedRow<T> = { readonly row: T } | { readonly problem: RowProblem; readonly value?: unknown };

/** `not-json`: torn or foreign text. `not-a-row`: JSON, but not what a line of this file may be. */
export type RowProblem = 'not-json' | 'not-a-row';

export function parseObject(text: string): ParsedRow<JsonObject> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'not-json' };
  }
  return isJsonObject(value) ? { row: value } : { problem: 'not-a-row', value };
}
