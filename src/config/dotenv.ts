/**
 * Reads the text of a `.env` file, in the format of the npm package dotenv, which OpenClaw uses: `NAME=value` or
 * `NAME: value`, optional `export` before it. The value is trimmed and ends at the first `#`, or stands in `'`, `"` or
 * backquotes (then it may hold `#` and line feeds, and a comment may follow); within `"`, `\n` and `\r` are expanded.
 * Lines of any other form are ignored. The last assignment of a name wins.
 */
export function parseDotEnv(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [, name = '', written = ''] of text.replace(/\r\n?/g, '\n').matchAll(assignment)) {
    const value = written.trim();
    const bare = /^(['"`])([^]*)\1$/.exec(value)?.[2] ?? value;
    values.set(name, value.startsWith('"') ? bare.replace(/\\n/g, '\n').replace(/\\r/g, '\r') : bare);
  }
  return values;
}

const name = /[\w.-]+/.source;
const quoted = /\s*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)/.source;
const unquoted = /[^#\n]+/.source;
const assignment = new RegExp(
  String.raw`^[^\S\n]*(?:export\s+)?(${name})(?:\s*=|:\s)(${quoted}|${unquoted})?\s*(?:#.*)?$`,
  'gm',
);
