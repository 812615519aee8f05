import { createJsonScanner, JsonSyntaxError } from './json-scan.ts';

/** Where and why a text is not JSON. */
export interface JsonDamage {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly reason: string;
}

/**
 * Finds the first place where a text departs from the JSON grammar; the engine's own messages name a position in some
 * cases only. Meant for texts that `JSON.parse` refused; undefined when the text is valid after all.
 */
export function findJsonDamage(text: string): JsonDamage | undefined {
  const bytes = new TextEncoder().encode(text);
  const scanner = createJsonScanner(new Set(), () => undefined);
  try {
    scanner.write(bytes, bytes.length);
    scanner.end();
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return damageAt([bytes], error);
  }
}

/** Turns a byte offset into line and column, reading the text once more up to there. */
export function damageAt(chunks: Iterable<Uint8Array>, { offset, message }: JsonSyntaxError): JsonDamage {
  let line = 1;
  let column = 1;
  let left = offset;
  let decoder = new TextDecoder();
  for (const chunk of chunks) {
    let rest = chunk.subarray(0, left);
    left -= rest.length;
    for (let end = rest.indexOf(lineFeed); end !== -1; end = rest.indexOf(lineFeed)) {
      line++;
      column = 1;
      decoder = new TextDecoder();
      rest = rest.subarray(end + 1);
    }
    column += decoder.decode(rest, { stream: true }).length;
    if (left === 0) break;
  }
  return { line, column, reason: message };
}

const lineFeed = 0x0a;
