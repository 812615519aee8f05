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

/** The member that has just been read. Key and fields are decoded when they are asked for, and not kept. */
export interface CurrentMember extends ScannedMember {
  /** The value of a wanted field; undefined when the entry has none. */
  field(name: string): unknown;
  /** Appends the bytes of `fields` to a buffer; nothing when there are none. */
  copyFields(target: ByteBuffer): void;
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
/** Blanks may stand before what is expected in these states; the others are within a token. */
const lastStateBetweenTokens = states.afterValue;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const OBJECT = 1;
const ARRAY = 2;

/** After a sign, after a leading zero, among digits, after the point, among decimals, after e, after its sign, in the exponent. */
const numberStates = { sign: 0, zero: 1, digits: 2, point: 3, decimals: 4, e: 5, eSign: 6, exponent: 7 } as const;
const completeNumber = [false, true, true, false, true, false, false, true];

/**
 * @param wanted names of the fields of an entry (depth 2) whose raw text is captured; nested fields of the same name are not
 * @param onMember called for every member of a top-level object, in file order, duplicates included. It gets the same
 *   object every time: what it does not take along is gone with the next member.
 */
export function createJsonScanner(wanted: ReadonlySet<string>, onMember: (member: CurrentMember) => void): JsonScanner {
  /** 1 for bytes that end the plain part of a string: quote, backslash, control bytes. */
  const endsPlain = tableOf((byte) => byte < 0x20 || byte === quote || byte === backslash);
  /** 1 for space, tab, line feed, carriage return. */
  const isBlank = tableOf((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);

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
  /** The string being read is the name of a member; it has had an escape. */
  let isName = false;
  let isEscaped = false;

  // Raw text that is kept: the name of a member (depth 1) or of a field (depth 2), and a wanted field from its name to the
  // end of its value. Where it begins in this chunk (-1: nothing is kept); what earlier chunks had of it is in `name` or
  // `fields` already.
  let keptFrom = -1;
  const name = new ByteBuffer();
  const fields = new ByteBuffer();
  const wantedNames = [...wanted];
  const indexOfName = createNameIndex(wantedNames);
  /** Index of the wanted name whose value is being read; -1 for all others. */
  let wantedField = -1;
  const member = new MemberReader(fields, wantedNames);

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

  /** A value begins at byte `at` of the chunk. */
  const beginValue = (at: number, byte: number): void => {
    const type = typeOf(byte);
    if (type === undefined) return fail(at, 'a value');
    if (depth === 0) topLevel = type;
    else if (depth === 1 && open[0] === OBJECT) member.begin(base + at, type === 'object');
    else if (depth === 2 && wantedField !== -1) member.beginField(wantedField, fields.length + at - keptFrom);
    if (byte === quote) {
      isName = false;
      state = states.string;
    } else if (byte === openBrace) {
      push(OBJECT);
      state = states.firstMember;
    } else if (byte === openBracket) {
      push(ARRAY);
      state = states.firstItem;
    } else if (type === 'number') {
      numberState = byte === 0x2d ? numberStates.sign : byte === 0x30 ? numberStates.zero : numberStates.digits;
      state = states.number;
    } else {
      literal = byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : 'null';
      literalAt = 1;
      state = states.literal;
    }
  };

  /** A value has ended before byte `end` of the chunk; the brackets around it are those still open. */
  const endValue = (chunk: Uint8Array, end: number): void => {
    state = states.afterValue;
    if (depth === 1 && open[0] === OBJECT) {
      member.finish(base + end);
      onMember(member);
    } else if (depth === 2 && wantedField !== -1) {
      fields.append(chunk, keptFrom, end);
      member.endField(wantedField);
      fields.appendByte(comma);
      keptFrom = -1;
      wantedField = -1;
    }
  };

  const close = (chunk: Uint8Array, at: number): void => {
    depth--;
    endValue(chunk, at + 1);
  };

  /** A name begins; those of the top level and of entries are kept. */
  const beginName = (at: number): void => {
    if (depth <= 2 && open[0] === OBJECT) keptFrom = at;
    isName = true;
    isEscaped = false;
    state = states.string;
  };

  const endName = (chunk: Uint8Array, end: number): void => {
    state = states.colon;
    // Deeper names are not kept, but may stand in a field that is.
    if (depth > 2 || keptFrom === -1) return;
    if (name.length === 0) takeName(chunk, keptFrom, end);
    else {
      name.append(chunk, keptFrom, end);
      takeName(name.bytes, 0, name.length);
      if (wantedField !== -1) {
        fields.append(name.bytes, 0, name.length);
        keptFrom = end;
      }
      name.clear();
    }
  };

  /** Takes a name in its quotes. Nearly all stand in one chunk and are none of the wanted: nothing is copied of those. */
  const takeName = (bytes: Uint8Array, from: number, end: number): void => {
    if (depth === 1) member.setKey(bytes, from, end, isEscaped);
    else if (isEscaped) wantedField = wantedNames.indexOf(parseName(bytes, from, end));
    else wantedField = indexOfName(bytes, from + 1, end - 1);
    if (wantedField === -1) keptFrom = -1;
  };

  const write = (chunk: Uint8Array, length: number): void => {
    if (keptFrom !== -1) keptFrom = 0;
    let at = 0;
    while (at < length) {
      if (state <= lastStateBetweenTokens) {
        while (at < length && isBlank[chunk[at] as number] === 1) at++;
        if (at === length) break;
      }
      const byte = chunk[at] as number;
      switch (state) {
        case states.value:
          beginValue(at, byte);
          at++;
          break;
        case states.firstItem:
          if (byte === closeBracket) close(chunk, at);
          else beginValue(at, byte);
          at++;
          break;
        case states.firstMember:
          if (byte === quote) beginName(at);
          else if (byte === closeBrace) close(chunk, at);
          else fail(at, 'a member name in double quotes or "}"');
          at++;
          break;
        case states.member:
          if (byte !== quote) fail(at, 'a member name in double quotes');
          beginName(at);
          at++;
          break;
        case states.colon:
          if (byte !== colon) fail(at, '":"');
          state = states.value;
          at++;
          break;
        case states.afterValue: {
          const kind = depth === 0 ? 0 : open[depth - 1];
          if (byte === comma && kind !== 0) state = kind === OBJECT ? states.member : states.value;
          else if ((byte === closeBrace && kind === OBJECT) || (byte === closeBracket && kind === ARRAY))
            close(chunk, at);
          else fail(at, expectedAfterValue());
          at++;
          break;
        }
        case states.string: {
          while (at < length && endsPlain[chunk[at] as number] === 0) at++;
          if (at === length) break;
          if (chunk[at] === quote) {
            at++;
            if (!isName) endValue(chunk, at);
            else endName(chunk, at);
          } else if (chunk[at] === backslash) {
            at++;
            isEscaped = true;
            state = states.escape;
          } else throw new JsonSyntaxError(base + at, 'control character in a string');
          break;
        }
        case states.escape:
          if (byte === 0x75) {
            hexLeft = 4;
            state = states.hex;
          } else if (isEscapable(byte)) state = states.string;
          else throw new JsonSyntaxError(base + at, 'bad escape in a string');
          at++;
          break;
        case states.hex:
          if (!isHexDigit(byte)) throw new JsonSyntaxError(base + at, 'bad escape in a string');
          if (--hexLeft === 0) state = states.string;
          at++;
          break;
        case states.number: {
          const next = nextNumberState(numberState, byte);
          if (next !== undefined) {
            numberState = next;
            at++;
          } else if (completeNumber[numberState] === true) endValue(chunk, at);
          else fail(at, 'a digit');
          break;
        }
        case states.literal:
          if (byte !== literal.charCodeAt(literalAt)) fail(at, `"${literal}"`);
          at++;
          if (++literalAt === literal.length) endValue(chunk, at);
          break;
      }
    }
    if (keptFrom !== -1) (wantedField !== -1 ? fields : name).append(chunk, keptFrom, length);
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

/** What the scanner knows of the member it is in, or has just left. */
class MemberReader implements CurrentMember {
  start = 0;
  end = 0;
  readonly #key = new ByteBuffer();
  #isKeyEscaped = false;
  #isObject = false;
  readonly #fields: ByteBuffer;
  readonly #names: readonly string[];
  /** Where the last value of each wanted name begins and ends in the fields; -1 where there is none. */
  readonly #from: number[];
  readonly #to: number[];

  constructor(fields: ByteBuffer, names: readonly string[]) {
    this.#fields = fields;
    this.#names = names;
    this.#from = names.map(() => -1);
    this.#to = names.map(() => -1);
  }

  setKey(bytes: Uint8Array, from: number, end: number, isEscaped: boolean): void {
    this.#key.clear();
    this.#key.append(bytes, from, end);
    this.#isKeyEscaped = isEscaped;
  }

  begin(start: number, isObject: boolean): void {
    this.start = start;
    this.#isObject = isObject;
    this.#fields.clear();
    this.#fields.appendByte(openBrace);
    this.#from.fill(-1);
  }

  finish(end: number): void {
    this.end = end;
    // In place of the comma after the last field.
    if (this.#fields.length > 1) this.#fields.length--;
    this.#fields.appendByte(closeBrace);
  }

  beginField(index: number, from: number): void {
    this.#from[index] = from;
  }

  endField(index: number): void {
    this.#to[index] = this.#fields.length;
  }

  get key(): string {
    const key = this.#key;
    return this.#isKeyEscaped ? parseName(key.bytes, 0, key.length) : key.text(1, key.length - 1);
  }

  get fields(): string | undefined {
    return this.#isObject ? this.#fields.text(0, this.#fields.length) : undefined;
  }

  copyFields(target: ByteBuffer): void {
    if (this.#isObject) target.append(this.#fields.bytes, 0, this.#fields.length);
  }

  field(name: string): unknown {
    const index = this.#names.indexOf(name);
    const from = this.#from[index] ?? -1;
    if (from === -1) return undefined;
    const to = this.#to[index] ?? from;
    return wholeNumber(this.#fields.bytes, from, to) ?? (JSON.parse(this.#fields.text(from, to)) as unknown);
  }
}

/** A whole number of so few digits that it is exact, as nearly all times are: no text has to be made of it. */
function wholeNumber(bytes: Uint8Array, from: number, end: number): number | undefined {
  if (end - from > 15) return undefined;
  let number = 0;
  for (let at = from; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

/** A name with escapes, given in its quotes. */
function parseName(bytes: Uint8Array, from: number, end: number): string {
  return JSON.parse(new TextDecoder().decode(bytes.subarray(from, end))) as string;
}

/** Finds a name among others by its bytes, without making a string; -1 when it is none of them. */
function createNameIndex(names: readonly string[]): (bytes: Uint8Array, from: number, end: number) => number {
  const byLength: { readonly index: number; readonly bytes: Uint8Array }[][] = [];
  for (const [index, name] of names.entries()) {
    const bytes = new TextEncoder().encode(name);
    (byLength[bytes.length] ??= []).push({ index, bytes });
  }
  return (bytes, from, end) => {
    for (const name of byLength[end - from] ?? []) {
      let at = 0;
      while (at < name.bytes.length && bytes[from + at] === name.bytes[at]) at++;
      if (at === name.bytes.length) return name.index;
    }
    return -1;
  };
}

/** A look-up is quicker than the comparisons, for what is asked of nearly every byte. */
function tableOf(test: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0));
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
