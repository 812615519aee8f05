/**
 * Masks private keys in PEM form. The first and the last line stay, and a block that stands on one line becomes `***`
 * (OpenClaw 2026.5.12). A block whose end was cut off is masked as far as its lines look like one.
 */
export function maskPrivateKeys(text: string): string {
  const begin = /-----BEGIN [A-Z ]*PRIVATE KEY-----/g;
  const end = /-----END [A-Z ]*PRIVATE KEY-----/g;
  let done = 0;
  let result = '';
  let isEndAhead = true;
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    const header = found[0];
    end.lastIndex = begin.lastIndex;
    // Looked for once more only while there is one: many beginnings without an end would cost the square of the length.
    isEndAhead &&= end.exec(text) !== null;
    const blockEnd = isEndAhead ? end.lastIndex : tornEnd(text, begin.lastIndex);
    if (blockEnd === begin.lastIndex) continue;
    const masked = isEndAhead ? maskBlock(text.slice(found.index, blockEnd)) : `${header}\n…redacted…`;
    result += text.slice(done, found.index) + masked;
    done = blockEnd;
    begin.lastIndex = blockEnd;
  }
  return done === 0 ? text : result + text.slice(done);
}

function maskBlock(block: string): string {
  const lines = block.split(/\r?\n/).filter((line) => line !== '');
  const [first, last] = [lines[0], lines.at(-1)];
  return lines.length < 2 || first === undefined || last === undefined ? '***' : `${first}\n…redacted…\n${last}`;
}

/** The end of the base64 lines after a header; line ends may be written as escapes. */
function tornEnd(text: string, from: number): number {
  const body = /(?:(?:\s|\\[nr])*[A-Za-z0-9+/]{16}[A-Za-z0-9+/]*={0,2})*(?:(?:\s|\\[nr])*[A-Za-z0-9+/]+$)?/y;
  body.lastIndex = from;
  return from + (body.exec(text)?.[0].length ?? 0);
}
