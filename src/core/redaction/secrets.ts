import { discordToken, doubtfulTokens, furtherNamedSecrets, furtherTokens, quotedSecrets } from './further-families.ts';
import { splitBehindEscapes } from './escapes.ts';
import {
  isShortWord,
  mayHoldNamedSecrets,
  mayHoldPrivateKeys,
  mayHoldSecrets,
  mayHoldTelegramTokens,
  mayHoldTokens,
} from './hints.ts';
import { replaceJsonWebTokens } from './json-web-token.ts';
import { isMask, mask } from './mask.ts';
import { maskPrivateKeys } from './private-key.ts';
import { bareTokens, botToken, namedSecrets, telegramToken } from './secret-families.ts';
import { redactCookieHeaders } from './headers.ts';

/**
 * Masks the secrets of a text: what stands behind the name of a credential, and tokens known by their form
 * (docs/redaction.md lists the families). Only the secret part of a match is replaced.
 *
 * The time is linear in the length of the text, whatever it holds. Expressions repeat as in `x{8}x*` and never as in
 * `x{8,}`: the engine keeps a way back for every character of the latter, and fails after some millions.
 */
export function maskSecrets(text: string): string {
  if (isShortWord(text)) return text;
  // Nearly every text: none of the three characters, none of the work.
  if (!text.includes('\\') && !text.includes('%') && !text.includes('\u001b')) return maskUnescaped(text);
  const pieces = splitBehindEscapes(text);
  if (pieces.length === 1) return maskUnescaped(text);
  // What follows an escape begins a word, whatever letter the escape ends in: such pieces are looked at alone, then all.
  return maskUnescaped(pieces.map((piece, index) => (index === 0 ? piece : maskUnescaped(piece))).join(''));
}

function maskUnescaped(text: string): string {
  // The shortest match there is: `?key=x`.
  if (text.length < 6 || !mayHoldSecrets(text)) return text;
  const hasNames = mayHoldNamedSecrets(text);
  let result = text;
  // The families of OpenClaw 2026.5.12, in its order.
  if (hasNames) result = maskNamed(result);
  if (mayHoldPrivateKeys(text)) result = maskPrivateKeys(result);
  if (mayHoldTokens(result)) result = maskEach(result, bareTokens);
  result = replaceJsonWebTokens(result, /\beyJ/i, mask);
  if (mayHoldTelegramTokens(result)) result = maskTelegramTokens(result);
  // Those it does not know.
  if (hasNames) result = maskFurtherNamed(result);
  // A mask ends a word: what stood against the secret may begin a token now.
  if (mayHoldTokens(result)) result = maskFurtherTokens(result);
  return result.includes('@') ? maskPasswordsInUrls(result) : result;
}

const maskPasswordsInUrls = (text: string): string =>
  text.replace(passwordInUrl, (_match, before: string, password: string) => before + mask(password));

/** Groups: what stands before the password, and the password. */
export const passwordInUrl = /(:\/\/[^\s:/@?#"'<>]*:)([^\s/?#"'<>]+)(?=@)/g;

function maskNamed(text: string): string {
  // Quoted values with blanks first: the families of the reference end a value at a blank and leave the rest of it.
  const result = maskQuoted(text, (value) => /\s/.test(value));
  return namedSecrets.reduce((sofar, family) => maskBehindName(sofar, family), result);
}

function maskFurtherNamed(text: string): string {
  const result = maskQuoted(redactCookieHeaders(text), (value) => !isMask(value));
  return furtherNamedSecrets.reduce((sofar, family) => maskBehindName(sofar, family, isMask), result);
}

function maskFurtherTokens(text: string): string {
  return maskEach(text, furtherTokens)
    .replace(doubtfulTokens, (token, rest: string) => (/\d|[A-Z]|[a-z]{10}/.test(rest) ? mask(token) : token))
    .replace(discordToken, (match, token: string) => match.slice(0, -token.length) + mask(token));
}

function maskTelegramTokens(text: string): string {
  return text.replace(botToken, (_match, token: string) => `bot${mask(token)}`).replace(telegramToken, mask);
}

const maskEach = (text: string, forms: readonly RegExp[]): string =>
  forms.reduce((result, form) => result.replace(form, (token) => mask(token)), text);

/** Masks the group `secret` of a family behind its group `before`. */
function maskBehindName(text: string, family: RegExp, isDone = (_secret: string): boolean => false): string {
  return text.replace(family, (match, ...rest) => {
    const { before, secret } = rest.at(-1) as { readonly before: string; readonly secret: string };
    if (isDone(secret) || isReferenceToItself(before, secret)) return match;
    return before + mask(secret) + match.slice(before.length + secret.length);
  });
}

/** `NAME=$NAME` and `NAME=${NAME}` tell nothing. */
function isReferenceToItself(before: string, secret: string): boolean {
  const name = /^\$\{?(\w+)\}?$/.exec(secret)?.[1];
  return name !== undefined && new RegExp(`(?<!\\w)${name}\\s*=\\s*["']?$`).test(before);
}

function maskQuoted(text: string, isSecret: (value: string) => boolean): string {
  return quotedSecrets.reduce(
    (result, { head, look }) => (look.test(result) ? maskBehindQuote(result, head, isSecret) : result),
    text,
  );
}

/** Masks from the opening quote to the same quote (with as many backslashes before it), or to the end of the line. */
function maskBehindQuote(text: string, head: RegExp, isSecret: (value: string) => boolean): string {
  let done = 0;
  let result = '';
  head.lastIndex = 0;
  for (let found = head.exec(text); found !== null; found = head.exec(text)) {
    const start = head.lastIndex;
    const end = closingQuote(text, start, found.groups?.['quote'] ?? '"');
    const value = text.slice(start, end);
    if (value !== '' && isSecret(value)) {
      result += text.slice(done, start) + mask(value);
      done = end;
    }
    head.lastIndex = end;
  }
  return done === 0 ? text : result + text.slice(done);
}

function closingQuote(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\n' || character === '\r' || text.startsWith(quote, at)) return at;
    if (character === '\\') at++;
  }
  return text.length;
}
