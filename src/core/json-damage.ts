/** Where and why a text is not JSON. */
export interface JsonDamage {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly reason: string;
}

/**
 * Finds the first place where a text departs from the JSON grammar (RFC 8259). The engine's own messages name a position
 * in some cases only. Meant for texts that `JSON.parse` refused; undefined when the text is valid after all.
 */
export function findJsonDamage(text: string): JsonDamage | undefined {
  const damage = scan(text);
  if (damage === undefined) return undefined;
  const before = text.slice(0, damage.at);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: damage.at - lastBreak, reason: damage.reason };
}

const blank = /[ \t\n\r]*/y;
const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
interface Place {
  readonly at: number;
  readonly reason: string;
}

/** Walks the grammar without recursion: nesting may be as deep as the file is long. */
function scan(text: string): Place | undefined {
  /** The brackets that are open, as the characters that will close them. */
  const open: string[] = [];
  let at = 0;
  const skip = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    const length = pattern.exec(text)?.[0].length ?? 0;
    at += length;
    return length;
  };
  const fail = (expected: string): Place => ({
    at,
    reason: at >= text.length ? `the file ends here, ${expected} is missing` : `${expected} expected`,
  });
  // By hand: a pattern that repeats over megabytes of one string overflows the engine's stack.
  const string = (): Place | undefined => {
    for (at++; at < text.length; at++) {
      if (text[at] === '"') {
        at++;
        return undefined;
      }
      if (text[at] === '\\') {
        const length = skip(escape);
        if (length === 0) return { at, reason: 'bad escape in a string' };
        at--;
      } else if (text.charCodeAt(at) < 0x20) return { at, reason: 'control character in a string' };
    }
    return fail('the end of a string');
  };
  const member = (): Place | undefined => {
    if (text[at] !== '"') return fail('a member name in double quotes');
    const damage = string();
    if (damage !== undefined) return damage;
    skip(blank);
    if (text[at] !== ':') return fail('":"');
    at++;
    skip(blank);
    return undefined;
  };

  skip(blank);
  for (;;) {
    // A value begins here.
    const character = text[at];
    if (character === '{' || character === '[') {
      const close = character === '{' ? '}' : ']';
      at++;
      skip(blank);
      if (text[at] !== close) {
        open.push(close);
        if (close === '}') {
          const damage = member();
          if (damage !== undefined) return damage;
        }
        continue;
      }
      at++;
    } else if (character === '"') {
      const damage = string();
      if (damage !== undefined) return damage;
    } else if (skip(literal) === 0) {
      return fail('a value');
    }
    // A value ended here: what follows is a comma, closing brackets, or the end.
    for (;;) {
      skip(blank);
      const close = open.at(-1);
      if (close === undefined)
        return at < text.length ? { at, reason: 'text after the end of the document' } : undefined;
      if (text[at] === close) {
        at++;
        open.pop();
        continue;
      }
      if (text[at] !== ',') return fail(`"," or "${close}"`);
      at++;
      skip(blank);
      if (close === '}') {
        const damage = member();
        if (damage !== undefined) return damage;
      }
      break;
    }
  }
}
