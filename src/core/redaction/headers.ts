/** Values of cookie headers, to the end of the line. */
export function redactCookieHeaders(text: string): string {
  return text.replace(/\b(Cookie|Set-Cookie)\s*:\s*[^\r\n]+/gi, '$1: <redacted>');
}
