import { ByteBuffer } from './byte-buffer.ts';

/**
 * A validating JSON scanner over bytes that come in pieces: says whether a text is JSON (with exactly the verdict of
 * `JSON.parse`) and where each member of the top-level object lies, without building anything. Stores of hundreds of
 * megabytes are read with it in flat memory, and damage in a small one is located with it (docs/performance.md).
 *
 * Grammar (RFC 8259), one state per place where something may come next:
 *
 *   value   = object | array | string | number | "true" | "false" | "null"     states.value
 *   object  = "{" [ member *( "," member ) ] "}"                               states.firstMember, states.member
 *   member  = string ":" value                                                 states.colon, states.value
 *   array   = "[" [ value *( "," value ) ] "]"                                 states.firstItem, states.value
 *   string  = '"' *( plain | "\" escape | "\u" 4 hex ) '"'                     states.string, .escape, .hex
 *   number  = ["-"] ( "0" | 1-9 digits ) ["." digits] [("e"|"E") ["+"|"-"] digits]   numberStates
 *
 * Blanks (space, tab, line feed, carriage return) may stand between tokens. UTF-8 needs no decoding: quote, backslash
 * and brackets are never part of a longer character.
 */
export interface JsonScanner {
  /** Takes the next piece; it may be reused afterwards. */
  write(chunk: Uint8Array, length: number): void;
  /** Tells that no more comes. Returns what the top level is. */
  end(): TopLevel;
}

export type TopLevel = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** A member of the top-level object. */
export interface ScannedMember {
  readonly key: string;
  /** Byte offsets of its value: `start` is the first byte, `end` the one after the last. */
  readonly start: number;
  readonly end: number;
  /**
   * When the value is an object: a JSON object with the wanted fields of it, as they stand (duplicates too: parsing it
   * leaves the last). Undefined when it is anything else.
   */
  readonly fields: string | undefined;
}

/** Thrown at the first byte that departs from the grammar. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  /** Bytes from the beginning of the text. */
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

const states = {
  value: 0,
  firstItem: 1,
  firstMember: 2,
  member: 3,
  colon: 4,
  afterValue: 5,
  string: 6,
  escape: 7,
  hex: 8,
  number: 9,
  literal: 10,
} as const;

/** After a sign, after a leading zero, among digits, after the point, among decimals, after e, after its sign, in the exponent. */
const numberStates = { sign: 0, zero: 1, digits: 2, point: 3, decimals: 4, e: 5, eSign: 6, exponent: 7 } as const;
const completeNumber = [false, true, true, false, true, false, false, true];

const comma = Uint8Array.of(0x2c);
const colon = Uint8Array.of(0x3a);

const OBJECT = 1;
const ARRAY = 2;

/** 1 for bytes that end the plain part of a string: quote, backslash, control bytes. */
const endsPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c ? 1 : 0,
);

/**
 * @param wanted names of the fields of an entry (depth 2) whose raw text is captured; nested fields of the same name are not
 * @param onMember called for every member of a top-level object, in file order, duplicates included
 */
export function createJsonScanner(wanted: ReadonlySet<string>, onMember: (member: ScannedMember) => void): JsonScanner {
  let state: number = states.value;
  /** Kinds of the open brackets, outermost first; grows as needed, so that nesting may be as deep as the file is long. */
  let open = new Uint8Array(64);
  let depth = 0;
  let topLevel: TopLevel | undefined;
  /** Offset of the first byte of the current chunk. */
  let base = 0;
  let numberState = 0;
  let literal = '';
  let literalAt = 0;
  let hexLeft = 0;
  /** The string being read is a value, a name, or a name whose text is kept. */
  let string: 'value' | 'name' | 'keptName' = 'value';
  /** True when it has had an escape. */
  let escaped = false;

  // Raw text that is kept: everything from `keepFrom` in this chunk on, after what `kept` has of earlier ones. At depth
  // one it is the name of a member, at depth two it grows into the object of wanted fields.
  const kept = new ByteBuffer();
  let keepFrom = -1;
  /** Where the name or field being kept begins in `kept`. */
  let partFrom = 0;
  let member: { readonly key: string; start: number; isObject: boolean } | undefined;
  let inWantedField = false;

  const wantedNames = [...wanted].map((name) => new TextEncoder().encode(name));
  const keep = (at: number): void => {
    keepFrom = at;
    partFrom = kept.length;
  };
  const stopKeeping = (chunk: Uint8Array, end: number): void => {
    kept.append(chunk, keepFrom, end);
    keepFrom = -1;
  };
  const fail = (at: number, expected: string): never => {
    throw new JsonSyntaxError(base + at, `${expected} expected`);
  };
  const expectedAfterValue = (): string => {
    if (depth === 0) return 'the end of the document';
    return open[depth - 1] === OBJECT ? '"," or "}"' : '"," or "]"';
  };
  const push = (kind: number): void => {
    if (depth === open.length) {
      const larger = new Uint8Array(open.length * 2);
      larger.set(open);
      open = larger;
    }
    open[depth++] = kind;
  };

  /** A value begins at byte `at` of the chunk, which is `byte`; returns the state that reads on. */
  const beginValue = (at: number, byte: number): number => {
    const type = typeOf(byte);
    if (type === undefined) return fail(at, 'a value');
    if (depth === 0) topLevel = type;
    else if (depth === 1 && member !== undefined) {
      member.start = base + at;
      member.isObject = type === 'object';
      kept.truncate(0);
    } else if (depth === 2 && inWantedField) keepFrom = at;
    if (type === 'object') {
      push(OBJECT);
      return states.firstMember;
    }
    if (type === 'array') {
      push(ARRAY);
      return states.firstItem;
    }
    if (type === 'string') {
      string = 'value';
      return states.string;
    }
    if (type === 'number') {
      numberState = byte === 0x2d ? numberStates.sign : byte === 0x30 ? numberStates.zero : numberStates.digits;
      return states.number;
    }
    literal = byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : 'null';
    literalAt = 1;
    return states.literal;
  };

  /** A value has ended before byte `end` of the chunk; the brackets around it are those still open. */
  const endValue = (chunk: Uint8Array, end: number): void => {
    if (depth === 2 && inWantedField) {
      stopKeeping(chunk, end);
      kept.append(comma, 0, 1);
      inWantedField = false;
    } else if (depth === 1 && member !== undefined) {
      const { key, start, isObject } = member;
      member = undefined;
      // The comma after the last field is not part of the object.
      const fields = isObject ? `{${kept.text(0, Math.max(0, kept.length - 1))}}` : undefined;
      onMember({ key, start, end: base + end, fields });
    }
    state = states.afterValue;
  };

  /** A name begins; those of the top level and of entries are kept. */
  const beginName = (at: number): void => {
    // Deeper names must not end the keeping of a field's value that they stand in.
    string = depth === 1 || (depth === 2 && member?.isObject === true) ? 'keptName' : 'name';
    if (string === 'keptName') keep(at);
    escaped = false;
    state = states.string;
  };

  const endName = (chunk: Uint8Array, end: number): void => {
    state = states.colon;
    if (string === 'name') return;
    stopKeeping(chunk, end);
    if (depth === 1) {
      member = { key: nameFrom(partFrom), start: 0, isObject: false };
    } else if (isWanted()) {
      kept.append(colon, 0, 1);
      inWantedField = true;
    } else kept.truncate(partFrom);
  };

  /** The name that was kept last, in quotes. */
  const nameFrom = (from: number): string => {
    const raw = kept.text(from);
    return escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  };
  /** Nearly all names of fields are none of the wanted: they are told apart by their bytes, without making a string. */
  const isWanted = (): boolean =>
    escaped
      ? wanted.has(nameFrom(partFrom))
      : wantedNames.some((name) => kept.equals(name, partFrom + 1, kept.length - 1));

  const closeBracket = (chunk: Uint8Array, at: number): void => {
    depth--;
    endValue(chunk, at + 1);
  };

  const write = (chunk: Uint8Array, length: number): void => {
    if (keepFrom !== -1) keepFrom = 0;
    let at = 0;
    while (at < length) {
      if (state === states.string) {
        while (at < length && endsPlain[chunk[at] as number] === 0) at++;
        if (at === length) break;
        const byte = chunk[at];
        if (byte === 0x5c) {
          state = states.escape;
          escaped = true;
          at++;
        } else if (byte === 0x22) {
          at++;
          if (string === 'value') endValue(chunk, at);
          else endName(chunk, at);
        } else throw new JsonSyntaxError(base + at, 'control character in a string');
        continue;
      }
      const byte = chunk[at] as number;
      if (state === states.number) {
        const next = nextNumberState(numberState, byte);
        if (next !== undefined) {
          numberState = next;
          at++;
        } else if (completeNumber[numberState] === true) endValue(chunk, at);
        else fail(at, 'a digit');
        continue;
      }
      if (state === states.literal) {
        if (byte !== literal.charCodeAt(literalAt)) fail(at, `"${literal}"`);
        at++;
        if (++literalAt === literal.length) endValue(chunk, at);
        continue;
      }
      if (state === states.escape) {
        if (byte === 0x75) {
          state = states.hex;
          hexLeft = 4;
        } else if (isEscapable(byte)) state = states.string;
        else throw new JsonSyntaxError(base + at, 'bad escape in a string');
        at++;
        continue;
      }
      if (state === states.hex) {
        if (!isHexDigit(byte)) throw new JsonSyntaxError(base + at, 'bad escape in a string');
        if (--hexLeft === 0) state = states.string;
        at++;
        continue;
      }
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
        at++;
        continue;
      }
      switch (state) {
        case states.value:
          state = beginValue(at, byte);
          break;
        case states.firstItem:
          if (byte === 0x5d) closeBracket(chunk, at);
          else state = beginValue(at, byte);
          break;
        case states.firstMember:
          if (byte === 0x7d) closeBracket(chunk, at);
          else if (byte === 0x22) beginName(at);
          else fail(at, 'a member name in double quotes or "}"');
          break;
        case states.member:
          if (byte !== 0x22) fail(at, 'a member name in double quotes');
          beginName(at);
          break;
        case states.colon:
          if (byte !== 0x3a) fail(at, '":"');
          state = states.value;
          break;
        default: {
          // After a value: a comma, the bracket that is open, or at the top level nothing.
          const kind = depth === 0 ? 0 : open[depth - 1];
          if (kind === OBJECT && byte === 0x2c) state = states.member;
          else if (kind === ARRAY && byte === 0x2c) state = states.value;
          else if ((kind === OBJECT && byte === 0x7d) || (kind === ARRAY && byte === 0x5d)) closeBracket(chunk, at);
          else fail(at, expectedAfterValue());
        }
      }
      at++;
    }
    if (keepFrom !== -1) kept.append(chunk, keepFrom, length);
    base += length;
  };

  const end = (): TopLevel => {
    // A number at the top level ends with the text.
    if (state === states.number && depth === 0 && completeNumber[numberState] === true) state = states.afterValue;
    if (state === states.afterValue && depth === 0 && topLevel !== undefined) return topLevel;
    throw new JsonSyntaxError(base, `the file ends here, ${missingAtEnd()} is missing`);
  };

  const missingAtEnd = (): string => {
    switch (state) {
      case states.value:
      case states.firstItem:
        return 'a value';
      case states.firstMember:
      case states.member:
        return 'a member name';
      case states.colon:
        return '":"';
      case states.string:
      case states.escape:
      case states.hex:
        return 'the end of a string';
      case states.number:
        return completeNumber[numberState] === true ? expectedAfterValue() : 'a digit';
      case states.literal:
        return `the rest of "${literal}"`;
      default:
        return expectedAfterValue();
    }
  };

  return { write, end };
}

function typeOf(byte: number): TopLevel | undefined {
  switch (byte) {
    case 0x7b:
      return 'object';
    case 0x5b:
      return 'array';
    case 0x22:
      return 'string';
    case 0x74:
    case 0x66:
      return 'boolean';
    case 0x6e:
      return 'null';
    default:
      return byte === 0x2d || isDigit(byte) ? 'number' : undefined;
  }
}

function nextNumberState(state: number, byte: number): number | undefined {
  const digit = isDigit(byte);
  switch (state) {
    case numberStates.sign:
      if (byte === 0x30) return numberStates.zero;
      return digit ? numberStates.digits : undefined;
    case numberStates.zero:
    case numberStates.digits:
      if (digit && state === numberStates.digits) return numberStates.digits;
      if (byte === 0x2e) return numberStates.point;
      return isE(byte) ? numberStates.e : undefined;
    case numberStates.point:
      return digit ? numberStates.decimals : undefined;
    case numberStates.decimals:
      if (digit) return numberStates.decimals;
      return isE(byte) ? numberStates.e : undefined;
    case numberStates.e:
      if (byte === 0x2b || byte === 0x2d) return numberStates.eSign;
      return digit ? numberStates.exponent : undefined;
    default:
      return digit ? numberStates.exponent : undefined;
  }
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isE = (byte: number): boolean => byte === 0x65 || byte === 0x45;
const isHexDigit = (byte: number): boolean =>
  isDigit(byte) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
/** `"`, `\`, `/`, b, f, n, r, t. */
const isEscapable = (byte: number): boolean =>
  byte === 0x22 ||
  byte === 0x5c ||
  byte === 0x2f ||
  byte === 0x62 ||
  byte === 0x66 ||
  byte === 0x6e ||
  byte === 0x72 ||
  byte === 0x74;
