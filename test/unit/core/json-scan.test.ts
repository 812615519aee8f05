import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonScanner, JsonSyntaxError, type ScannedMember, type TopLevel } from '../../../src/core/json-scan.ts';
import { isThorough } from '../../helpers/thorough.ts';

interface Scan {
  readonly topLevel: TopLevel;
  readonly members: readonly (ScannedMember & { readonly values: readonly unknown[] })[];
}

/** Scans a text in pieces of the given sizes, taken in turn. Undefined when it is damaged. */
function scan(bytes: Uint8Array, wanted: readonly string[], sizes: readonly number[]): Scan | undefined {
  const members: Scan['members'][number][] = [];
  const scanner = createJsonScanner(new Set(wanted), (member) => {
    const { key, start, end, fields: captured } = member;
    members.push({ key, start, end, fields: captured, values: wanted.map((name) => member.field(name)) });
  });
  // One buffer for all pieces, as the store reader has it.
  const buffer = new Uint8Array(Math.max(...sizes));
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = Math.min(sizes[turn % sizes.length] ?? 1, bytes.length - at);
      buffer.set(bytes.subarray(at, at + size));
      scanner.write(buffer, size);
      at += size;
    }
    return { topLevel: scanner.end(), members };
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const fields = ['updatedAt', 'model', 'acp'];
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const fuzzRuns = isThorough ? 300_000 : 4000;

describe('the JSON scanner', () => {
  it('tells where the members of the top level lie, and captures wanted fields of depth two only', () => {
    const text =
      '{ "a": {"x": {"updatedAt": 1}, "updatedAt": 2, "acp": {"model": [{"acp": 1}]}}, "b" : null,"c":[{"model":"no"}] }';
    const members = scan(encode(text), fields, [7])?.members ?? [];
    expect(members.map(({ key, start, end, fields: captured }) => [key, text.slice(start, end), captured])).toEqual([
      [
        'a',
        '{"x": {"updatedAt": 1}, "updatedAt": 2, "acp": {"model": [{"acp": 1}]}}',
        '{"updatedAt": 2,"acp": {"model": [{"acp": 1}]}}',
      ],
      ['b', 'null', undefined],
      ['c', '[{"model":"no"}]', undefined],
    ]);
  });

  it('decodes escaped names before it compares them', () => {
    const [member] = scan(encode('{"k\\u0065y": {"updated\\u0041t": 5}}'), fields, [3])?.members ?? [];
    expect(member?.key).toBe('key');
    expect(JSON.parse(member?.fields ?? '')).toEqual({ updatedAt: 5 });
  });

  it('reads nesting as deep as the file is long', () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(scan(encode(deep), fields, [65_536])?.members).toHaveLength(1);
  });

  it('gives the verdict, the top level, the keys, the spans and the captured values of JSON.parse', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.jsonValue({ maxDepth: 2 }), tie('object')),
      object: fc.dictionary(
        fc.oneof(fc.constantFrom(...fields, '__proto__', '7', 'a"b\\'), fc.string({ unit: 'grapheme' })),
        tie('value'),
        {
          maxKeys: 6,
        },
      ),
    })).object;
    const noise = [
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '-',
      '+',
      '.',
      'e',
      'E',
      '\n',
      '\t',
      '\u0001',
      '\\u12',
      'nul',
      '\ufeff',
      '//',
      '1e400',
    ];
    const text = fc
      .tuple(
        value,
        fc.constantFrom(0, 1, 2),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...noise), fc.nat({ max: 2 })), { maxLength: 2 }),
      )
      .map(([object, indent, edits]) =>
        edits.reduce(
          (current, [where, piece, cut]) => {
            const at = where % (current.length + 1);
            return current.slice(0, at) + piece + current.slice(at + cut);
          },
          JSON.stringify(object, null, indent),
        ),
      );
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }), (source, sizes) => {
        const bytes = encode(source);
        // What the bytes say: lone surrogates have become U+FFFD in them.
        const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        const expected = parse(decoded);
        const found = scan(bytes, fields, sizes);
        expect(found === undefined).toBe(expected === undefined);
        if (found === undefined || expected === undefined) return;
        if (found.topLevel !== 'object') {
          expect(found.members).toEqual([]);
          return;
        }
        // Duplicates: the last value counts, at the place of the first.
        const last = new Map(found.members.map((member) => [member.key, member]));
        const object = expected.value as Record<string, unknown>;
        expect([...last.keys()].sort()).toEqual(Object.keys(object).sort());
        for (const [key, { start, end, fields: captured, values }] of last) {
          const entry = JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))) as unknown;
          expect(entry).toEqual(Object.getOwnPropertyDescriptor(object, key)?.value);
          const isObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
          expect(captured !== undefined).toBe(isObject);
          if (captured === undefined) continue;
          const wanted = Object.entries(entry as object).filter(([name]) => fields.includes(name));
          expect(JSON.parse(captured)).toEqual(Object.fromEntries(wanted));
          expect(values).toEqual(fields.map((name) => Object.fromEntries(wanted)[name]));
        }
      }),
      { numRuns: fuzzRuns },
    );
  }, 3_600_000);
});
