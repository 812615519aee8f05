import { redactCookieHeaders } from './headers.ts';
import { replaceJsonWebTokens } from './json-web-token.ts';
import type { PathRedaction } from './paths.ts';
import { maskSecrets } from './secrets.ts';

/**
 * Prepares a text that shows a local path for strangers' eyes, in the order of OpenClaw 2026.5.12: credentials, addresses
 * and numbers of people, folders; at last it is cut at 2000 UTF-16 units. Later rules see what earlier ones have left.
 */
export function redactSupportText(text: string, paths: PathRedaction): string {
  let result = redactCookieHeaders(text.replace(/\bBasic\s+[A-Za-z0-9+/]+={0,2}/gi, 'Basic <redacted>')).replace(
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
    '<redacted-aws-key>',
  );
  result = replaceJsonWebTokens(result, /\beyJ/, () => '<redacted-jwt>');
  result = maskSecrets(result);
  result = redactUserInfo(result);
  result = redactUrlParameters(result);
  result = result
    .replace(/@[\w.=-]+:[A-Za-z0-9.-]+/g, '<redacted-matrix-user>')
    .replace(/![\w.=-]+:[A-Za-z0-9.-]+/g, '<redacted-matrix-room>')
    .replace(/\$[\w-]{16}[\w-]*/g, '<redacted-matrix-event>');
  result = redactMailAddresses(result);
  result = result
    .replace(/(^|[^\w:/])@\w{5}\w*\b(?!\.)/g, '$1<redacted-handle>')
    .replace(/\b\d{9}\d*\b/g, '<redacted-id>');
  const homes = paths.replaceHomes(result);
  result = homes.isForeignPath ? maskSecrets(homes.text) : homes.text;
  return result.length > maxLength ? `${result.slice(0, maxLength)}...<truncated>` : result;
}

const maxLength = 2000;

/** User and password before the host of a URL. */
function redactUserInfo(text: string): string {
  const userInfo = /:\/\/[^/@\s:?#]+(:[^/@\s?#]+)?@/g;
  return replaceBackwards(text, userInfo, schemeStart, (match, [password]) => {
    const scheme = match.slice(0, match.indexOf('://') + 3);
    return password === undefined ? `${scheme}<redacted>@` : `${scheme}<redacted>:<redacted>@`;
  });
}

/** Values of URL parameters that are named as credentials. */
function redactUrlParameters(text: string): string {
  // A name without a value is consumed too: whatever follows a later `?` in it would end at the same place.
  return text.replace(/([?&])([^=&\s]+)(?:=([^&#\s]+))?/g, (match, mark: string, name: string, value?: string) => {
    if (value === undefined || !credentialParameters.has(name.toLowerCase().replaceAll('-', '_'))) return match;
    return `${mark}${name}=<redacted>`;
  });
}

const credentialParameters = new Set(
  (
    'token key api_key apikey secret access_token auth_token password pass passwd auth client_secret hook_token ' +
    'refresh_token signature'
  ).split(' '),
);

function redactMailAddresses(text: string): string {
  return replaceBackwards(text, /@[A-Z0-9.-]+\.[A-Z]{2}[A-Z]*\b/gi, localPartStart, () => '<redacted-email>');
}

/**
 * Replaces what a pattern finds together with what stands before it. The part before is found by walking back from the
 * mark (`://`, `@`) that the pattern begins with; an expression that begins with the part before would read a long run of
 * its characters once for every place in it.
 *
 * @param findStart where the part before begins, not left of `bound`; undefined when there is none, which is no match
 */
function replaceBackwards(
  text: string,
  pattern: RegExp,
  findStart: (text: string, at: number, bound: number) => number | undefined,
  replacement: (match: string, groups: readonly (string | undefined)[]) => string,
): string {
  let done = 0;
  let result = '';
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const start = findStart(text, found.index, done);
    if (start === undefined) {
      pattern.lastIndex = found.index + 1;
      continue;
    }
    result += text.slice(done, start) + replacement(text.slice(start, pattern.lastIndex), found.slice(1));
    done = pattern.lastIndex;
  }
  return done === 0 ? text : result + text.slice(done);
}

/** The leftmost letter of the characters of a scheme before `at` that begins a word. */
function schemeStart(text: string, at: number, bound: number): number | undefined {
  let start: number | undefined;
  for (let index = at - 1; index >= bound && /[A-Za-z0-9+.-]/.test(text[index] ?? ''); index--) {
    if (/[A-Za-z]/.test(text[index] ?? '') && !isWordAt(text, index - 1)) start = index;
  }
  return start;
}

/** The leftmost word boundary in the characters of a mail address before `at`. */
function localPartStart(text: string, at: number, bound: number): number | undefined {
  let start: number | undefined;
  for (let index = at - 1; index >= bound && /[A-Za-z0-9._%+-]/.test(text[index] ?? ''); index--) {
    if (isWordAt(text, index) !== isWordAt(text, index - 1)) start = index;
  }
  return start;
}

const isWordAt = (text: string, index: number): boolean => /\w/.test(text[index] ?? '');
