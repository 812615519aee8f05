import { mayHoldJsonWebTokens } from './hints.ts';

/**
 * Replaces JSON web tokens: three parts with dots between, of ten or more letters, digits, `_` and `-` each (the first
 * after its `eyJ`), from one word boundary to another.
 *
 * By hand and not as one expression: in a run such as `eyJ-eyJ-eyJ-…` every `eyJ` begins a candidate, and an expression
 * would read the rest of the run for each of them.
 *
 * @param beginning `eyJ` at a word boundary, in the case that counts
 */
export function replaceJsonWebTokens(text: string, beginning: RegExp, replacement: (token: string) => string): string {
  if (!mayHoldJsonWebTokens(text) || !beginning.test(text)) return text;
  // The first part up to its dot; the look-behind lets a run be looked at once only.
  const candidate = /(?<![\w-])[\w-]{13}[\w-]*(?=\.)/g;
  let done = 0;
  let result = '';
  for (let run = candidate.exec(text); run !== null; run = candidate.exec(text)) {
    const offset = run[0].search(beginning);
    if (offset === -1 || run[0].length - offset < 13) continue;
    const end = tokenEnd(text, run.index + run[0].length);
    if (end === undefined) continue;
    const start = run.index + offset;
    result += text.slice(done, start) + replacement(text.slice(start, end));
    done = end;
    candidate.lastIndex = end;
  }
  return done === 0 ? text : result + text.slice(done);
}

/** Where the token ends whose first part ends at `dot`: dashes at its end do not belong to it. */
function tokenEnd(text: string, dot: number): number | undefined {
  const rest = /\.[\w-]{10}[\w-]*\.([\w-]{10}[\w-]*)/y;
  rest.lastIndex = dot;
  const third = rest.exec(text)?.[1];
  if (third === undefined) return undefined;
  const length = third.replace(/-+$/, '').length;
  return length < 10 ? undefined : rest.lastIndex - third.length + length;
}
