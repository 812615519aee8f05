/**
 * The pieces of a text, cut behind every escape that a word follows at once; each keeps the escape at its end. An escape
 * reads as letters before the word but is none.
 */
export function splitBehindEscapes(text: string): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const { 0: escape, index } of text.matchAll(escapeSequence)) {
    const end = index + escape.length;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return [...pieces, text.slice(start)];
}

/** Escapes of JSON inside JSON, of URLs, and colours of a terminal. No escape begins inside another. */
const escapeSequence =
  // eslint-disable-next-line no-control-regex -- colours begin with one
  /(?:\\[nrtbf]|\\u[\da-f]{4}|%(?:20|0a|0d|09)|(?:\u001b|\\u001b|\\x1b|\\e|\\033)\[[\d;]{0,20}m)(?=[\w-])/gi;
