/* eslint-disable no-control-regex -- control characters are what this file is about */

/**
 * Text that cannot touch the terminal: C0 and C1 control characters, DEL, the marks that turn the direction of text, the
 * separators of lines and paragraphs, and the byte-order mark are replaced by visible escapes (`\x1b`, `\u202e`). Line
 * feeds stay: messages of ours have them, and a table cell takes `printableLine`. Stored keys, labels and models may hold
 * anything (V13, docs/deviations.md).
 */
export function printable(text: string): string {
  return text.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, visible);
}

/** The same for one line: line feeds are replaced too. */
export function printableLine(text: string): string {
  return printable(text).replace(/\n/g, '\\n');
}

function visible(character: string): string {
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
