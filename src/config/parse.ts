/**
 * Reads the text of a config file: JSON5. Plain JSON, the common case, is read without loading the JSON5 parser; the
 * two agree on every text that is plain JSON.
 *
 * @throws SyntaxError worded by the JSON5 parser, whose words the refusal shows
 */
export async function parseConfigText(text: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const { default: json5 } = await import('json5');
    return json5.parse(text);
  }
}
