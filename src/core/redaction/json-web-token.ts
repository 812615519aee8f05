export interface TokenForm {
  /** `eyJ` in any case, and what follows the third part does not matter: the payload rule. */
  readonly loose: boolean;
}

/**
 * Replaces JSON web tokens: `eyJ` and ten or more, twice dotted with ten or more, of letters, digits, `_` and `-`, where
 * the token begins and (unless loose) ends at a word boundary.
 *
 * By hand and not as one expression: in a run such as `eyJ-eyJ-eyJ-…` every `eyJ` begins a candidate, and an expression
 * would read the rest of the run for each of them.
 */
export function replaceJsonWebTokens(text: string, form: TokenForm, replacement: (token: string) => string): string {
  const first = form.loose ? /\beyJ/i : /\beyJ/;
  // The first part up to its dot; the look-behind lets a run be looked at once only.
  const candidate = /(?<![\w-])[\w-]{13,}(?=\.)/g;
  let done = 0;
  let result = '';
  for (let run = candidate.exec(text); run !== null; run = candidate.exec(text)) {
    const offset = run[0].search(first);
    if (offset === -1 || run[0].length - offset < 13) continue;
    const start = run.index + offset;
    const end = tokenEnd(text, run.index + run[0].length, form);
    if (end === undefined) continue;
    result += text.slice(done, start) + replacement(text.slice(start, end));
    done = end;
    candidate.lastIndex = end;
  }
  return done === 0 ? text : result + text.slice(done);
}

/** Where the token ends whose first part ends at `dot`. */
function tokenEnd(text: string, dot: number, { loose }: TokenForm): number | undefined {
  const rest = /\.[\w-]{10,}\.([\w-]{10,})/y;
  rest.lastIndex = dot;
  const third = rest.exec(text)?.[1];
  if (third === undefined) return undefined;
  if (loose) return rest.lastIndex;
  const length = third.replace(/-+$/, '').length;
  return length < 10 ? undefined : rest.lastIndex - third.length + length;
}
