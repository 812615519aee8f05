/** Members of a JSON object in order. An undefined value leaves the member out; many values make an array. */
export type DocumentMembers = readonly (readonly [key: string, value: unknown])[];

/** The values of an array that is too large to hold. */
export class Stream {
  readonly values: AsyncIterable<unknown>;

  constructor(values: AsyncIterable<unknown>) {
    this.values = values;
  }
}

/** The text of an object as `JSON.stringify(object, null, 2)` and a line feed give it, piece by piece. */
export async function* jsonDocument(members: DocumentMembers): AsyncGenerator<string, void> {
  let separator = '{\n';
  for (const [key, value] of members) {
    if (value === undefined) continue;
    yield `${separator}  ${JSON.stringify(key)}: `;
    separator = ',\n';
    if (value instanceof Stream) yield* jsonArray(value.values);
    else yield indented(value, '  ');
  }
  yield separator === '{\n' ? '{}\n' : '\n}\n';
}

async function* jsonArray(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const value of values) {
    yield `${separator}    ${indented(value, '    ')}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]' : '\n  ]';
}

/** Line feeds in the text are those of the layout only: in strings they are written as escapes. */
const indented = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
