/**
 * Quick looks that save the rules a text which cannot hold a match: most texts of a transcript hold none. Each is a
 * condition that every match of its rules fulfils: they may say yes too often, never no too often. A test makes matches of
 * every rule and holds them against these.
 *
 * They look for the rarest character that a match must have (`=`, `_`, `@`) and only there at what stands before it: an
 * expression that begins with many words is tried at every letter.
 */

/** True when any rule of secrets.ts may find something; the looks below say which. */
export function mayHoldSecrets(text: string): boolean {
  return (
    anyMark.test(text) ||
    plainPrefix.test(text) ||
    /eyJ|bearer\s/i.test(text) ||
    text.includes('--') ||
    text.includes('@') ||
    text.includes('1//0') ||
    text.includes(privateKey)
  );
}

/** True when any rule of payload.ts may find something in a text. */
export function mayHoldCredentials(text: string): boolean {
  return text.includes('=') || /eyJ|(?:bearer|basic)\s/i.test(text);
}

/** True when the name of a credential is followed by `=` or `:`, or may be an option, or `Bearer` is there. */
export function mayHoldNamedSecrets(text: string): boolean {
  return assignment.test(text) || (text.includes('--') && credentialWord.test(text)) || /bearer\s/i.test(text);
}

/** What stands before an `=` or `:` behind the name of a credential. */
const credentialEnd =
  String.raw`(?:key|token|secret|passwd|password|passphrase|pass|auth|authorization|signature|sig|cookie|` +
  String.raw`secret[-_]?(?:value|input)|material|credential|jwt|number|cvc|cvv|code|session|assertion)\\*["'\x60]?\s*`;

const assignment = new RegExp(`[=:](?<=${credentialEnd}[=:])`, 'i');

const credentialWord = /key|token|secret|passw|passphrase|cvc|cvv|number|code|credential|jwt|material|authorization/i;

/** True when the prefix of a token begins a word. */
export function mayHoldTokens(text: string): boolean {
  return markedPrefix.test(text) || plainPrefix.test(text) || text.includes('1//0');
}

/** Prefixes that end in a mark, by that mark. */
const markedPrefixes = [
  ['-', 'sk|xox[abprs]|xapp|pplx|gl(?:pat|oas)|tvly|CFPAT|BBDC|HRKU|pat|fio|xai|fw|pypi|fc|hsk'],
  [
    '_',
    'sk|rk|gh[opusr]|github_pat|gsk|npm|hf|r8|gl(?:sa|c)|do[opr]_v1|bb_live|retaindb|dckr|bkua|sbp|CCIPAT|dd[pw]|' +
      'nfp|apify|fw|fpk|api_org|fal|am|exa|syt|mem0|brv',
  ],
  [String.raw`\.`, 'ya29|SG|dp|hooks'],
].map(([mark, prefixes]) => `${mark}(?<=(?<![A-Za-z0-9])(?:${prefixes})${mark})`);

const markedPrefix = new RegExp(markedPrefixes.join('|'), 'i');

const plainPrefix = /AIza|AKI[AD]|ASIA|LTAI|dapi|ATATT|ATCTT|ATBB|FlyV1|gAAAA|discord/i;

/** One look for all that a mark is behind: names, prefixes, and numbers of Telegram. */
const anyMark = new RegExp([...markedPrefixes, String.raw`[=:](?<=${credentialEnd}[=:]|\d{6}:)`].join('|'), 'i');

/** True when a number is followed by a colon and a key. */
export function mayHoldTelegramTokens(text: string): boolean {
  return /\d:[\w-]{20}/.test(text);
}

/** True when a PEM header of a private key may be there. */
export function mayHoldPrivateKeys(text: string): boolean {
  return text.includes(privateKey);
}

const privateKey = 'PRIVATE KEY-----';

/** True when `Bearer` or `Basic` stands before a blank. */
export function mayHoldSchemes(text: string): boolean {
  return /(?:bearer|basic)\s/i.test(text);
}

/** True when a part of a text in base64 begins as JSON does. */
export function mayHoldJsonWebTokens(text: string): boolean {
  return /eyJ/i.test(text);
}

/** True for up to 12 word characters: the shortest match is `sk-` and eight more, the shortest without a mark longer. */
export function isShortWord(text: string): boolean {
  return text.length < 13 && /^\w*$/.test(text);
}
