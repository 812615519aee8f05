/** A JSON object as parsed: keys and values are data and may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for `{...}`: not for null, arrays and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar as a number, text by its digits; NaN for objects, whose conversion may throw, and for what is no number. */
export function toNumber(value: unknown): number {
  return typeof value === 'object' ? NaN : Number(value);
}

/** The trimmed text of a string that is not blank; undefined for everything else. */
export function nonBlank(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}
