/**
 * Secrets that OpenClaw 2026.5.12 does not know: those of 2026.7.35, and spellings that neither finds although they are
 * the same secret (a quoted value with blanks, JSON inside JSON). They run after the families of 2026.5.12 and leave
 * masks alone. What they must not touch: uuids, file names, digests, counters such as `totalTokens`, the word token.
 *
 * Every pattern is linear, see secret-families.ts.
 */

/** Names that mean a credential wherever they end a name. */
const credential = [
  'token',
  'secret',
  'password',
  'passwd',
  'passphrase',
  '(?:api|access|private|secret|encryption|signing|service)[-_]?key',
  'secret[-_]?(?:value|input)',
  'key[-_]?material',
  'credential',
  'authorization',
  'jwt',
  'card[-_]?(?:number|cvc|cvv)',
  'cvc',
  'cvv',
  'security[-_]?code',
].join('|');

/** The beginning of a name that ends in a credential name; looked for at the first character of a run only. */
const credentialName = String.raw`(?<![\w-])[\w-]*(?:${credential})`;

/** The name of a secret before a value in quotes. */
interface QuotedSecret {
  /** Up to and with the opening quote; the quote (with the backslashes before it) is the group `quote`. */
  readonly head: RegExp;
  /** What every text with such a head holds, found at its rarest character (hints.ts): the names begin with any run. */
  readonly look: RegExp;
}

export const quotedSecrets: readonly QuotedSecret[] = [
  {
    head: new RegExp(String.raw`${credentialName}\\*["'\x60]?\s*[:=]\s*(?<quote>\\*["'\x60])`, 'gi'),
    look: new RegExp(String.raw`[:=](?<=(?:${credential})\\*["'\x60]?\s*[:=])\s*\\*["'\x60]`, 'i'),
  },
  {
    head: /\b[A-Z0-9_]*KEY\\*["'`]?\s*[:=]\s*(?<quote>\\*["'`])/g,
    look: /[:=](?<=KEY\\*["'`]?\s*[:=])\s*\\*["'`]/,
  },
  {
    head: new RegExp(String.raw`(?<![\w-])--[\w-]*(?:${credential})\s+(?<quote>\\*["'\x60])`, 'gi'),
    look: /--/,
  },
];

/** Groups `before` and `secret`, as in secret-families.ts. */
export const furtherNamedSecrets: readonly RegExp[] = [
  // name=value, also in form bodies
  new RegExp(String.raw`(?<before>${credentialName}=)(?<secret>[^\s&#"'\x60<>,;\\][^\s&#"'\x60<>,;]*)`, 'gi'),
  // ?code=value
  new RegExp(
    String.raw`(?<before>[?&](?:code|session|sig|[\w-]*(?:${credential}|signature))=)(?<secret>[^&\s"'<>#]+)`,
    'gi',
  ),
  // --private-key value
  new RegExp(String.raw`(?<before>(?<![\w-])--[\w-]*(?:${credential})\s+["']?)(?<secret>[^\s"']+)`, 'gi'),
  // X-Api-Key: value
  /(?<before>(?<![\w-])x-[\w-]*(?:token|key|secret|assertion)\\*["']?\s*[:=]\s*\\*["']?)(?<secret>[^\s"'\\,;&]+)/gi,
  /(?<before>\bauthorization\\*["']?\s*[:=]\s*\\*["']?(?:Basic|Bearer|Bot|Digest|Negotiate|Token|ApiKey)\s+)(?<secret>[^\s"'\\,;]+)/gi,
  /(?<before>\bauthorization\\*["']?\s*[:=]\s*\\*["']?)(?<secret>[\w.+/~=-]{16}[\w.+/~=-]*)/gi,
  // "password": 12345
  /(?<before>"(?:password|passwd|passphrase|secret|cvc|cvv|card_?number)"\s*:\s*)(?<secret>\d{3}\d*)/gi,
];

/** Tokens known by their form. */
export const furtherTokens: readonly RegExp[] = [
  ...[
    String.raw`gh[opusr]_[A-Za-z0-9]{10}[A-Za-z0-9]*`,
    String.raw`github_pat_\w{10}\w*`,
    String.raw`glpat-[\w.=-]{20}[\w.=-]*`,
    String.raw`gloas-[0-9a-f]{32}[0-9a-f]*`,
    String.raw`(?:sk|rk)_(?:live|test)_\w{8}\w*`,
    String.raw`SG\.[\w-]{10}[\w-]*\.[\w-]{10}[\w-]*`,
    String.raw`do[opr]_v1_[A-Za-z0-9]{10}[A-Za-z0-9]*`,
    String.raw`bb_live_[\w-]{10}[\w-]*`,
    String.raw`(?:tvly-|retaindb_)[A-Za-z0-9]{10}[A-Za-z0-9]*`,
    String.raw`dp\.(?:ct|pt|sa|scim|audit|st)\.[A-Za-z0-9]{40}[A-Za-z0-9]*`,
    String.raw`dckr_[po]at_[\w-]{27}[\w-]*`,
    String.raw`(?:bkua_|sbp_)[A-Za-z0-9]{40}[A-Za-z0-9]*`,
    String.raw`CCIPAT_[A-Za-z0-9]{22}_[0-9a-f]{40}`,
    String.raw`dapi[0-9a-f]{32}[0-9a-f]*(?:-\d)?`,
    String.raw`dd[pw]_[A-Za-z0-9]{36}[A-Za-z0-9]*`,
    String.raw`glsa_\w{41}\w*`,
    String.raw`glc_eyJ[\w+/=-]{57}[\w+/=-]*`,
    String.raw`nfp_\w{36}\w*`,
    String.raw`CFPAT-[\w-]{40}[\w-]*`,
    String.raw`(?:ATATT|ATCTT3xFfG)[\w.=-]{20}[\w.=-]*`,
    String.raw`ATBB[\w.=-]{10}[\w.=-]*`,
    String.raw`BBDC-[\w+/-]{40}[\w+/-]*`,
    String.raw`HRKU-AA[\w-]{20}[\w-]*`,
    String.raw`pat-(?:eu|na)1-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
    String.raw`apify_api_[A-Za-z0-9-]{20}[A-Za-z0-9-]*`,
    String.raw`FlyV1 fm\d+_[\w+/=,-]{100}[\w+/=,-]*`,
    String.raw`fio-u-[\w-]{40}[\w-]*`,
    String.raw`(?:xai-|fw[-_]|fpk_)[A-Za-z0-9]{30}[A-Za-z0-9]*`,
    String.raw`api_org_[A-Za-z0-9]{20}[A-Za-z0-9]*`,
    String.raw`gAAAA[\w=-]{20}[\w=-]*`,
    String.raw`https?://hooks\.slack\.com/(?:services|workflows)/[\w/-]+`,
    String.raw`https?://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/[\w/-]+`,
  ].map((form) => new RegExp(String.raw`(?<![A-Za-z0-9])${form}`, 'gi')),
  // Access keys of AWS have capitals only; without regard to case these would be common words.
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
];

/**
 * Tokens whose prefix also begins ordinary names (`sk_buff_head_init`, `exa_results.json`). They are only taken for
 * tokens when they have a digit, a capital, or ten letters in a row, and when they are no file name. Group `rest`: what
 * follows the prefix.
 */
export const doubtfulTokens: RegExp = new RegExp(
  String.raw`(?<![\w-])(?:(?:pypi-|fal_|am_)(?=[\w-]{10})|sk_(?=\w{10})|(?:fc-|exa_|syt_|hsk-|mem0_|brv_)(?=[A-Za-z0-9]{10}))(?<rest>[\w-]+)(?![\w-]|\.[a-z]{1,4}\d?\b)`,
  'gi',
);

/** A bot token of Discord, which has no prefix, within 40 characters after the word. Group `token`. */
export const discordToken = /discord[^]{0,40}?(?<![\w-])(?<token>[A-Za-z0-9]{24}\.[\w-]{6}\.[\w-]{27})(?![\w-])/gi;
