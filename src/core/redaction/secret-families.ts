/**
 * Secrets that are recognised by the name before them: each pattern has the groups `before` and `secret`, and matches
 * begin with `before`. In the order of OpenClaw 2026.5.12; each sees what the ones before it have left.
 *
 * Every pattern is linear: it begins with a fixed word or at the first character of a run, and no repetition can be
 * followed by another over the same characters.
 */
export const namedSecrets: readonly RegExp[] = [
  // NAME_OF_KEY=value in capitals, as in the shell.
  new RegExp(
    String.raw`(?<before>\b[A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|${paymentNames('[-_]?').toUpperCase()})\b\s*[=:]\s*(?<quote>["']?))(?<secret>[^\s"'\\]+)\k<quote>`,
    'g',
  ),
  // ?token=value
  new RegExp(
    String.raw`(?<before>[?&](?:(?:access|auth|hook|refresh)[-_]?token|api[-_]?key|client[-_]?secret|token|key|secret|password|pass|passwd|auth|signature|${paymentNames('[-_]?')})=)(?<secret>[^&\s"'<>]+)`,
    'gi',
  ),
  // "apiKey": "value"
  new RegExp(
    String.raw`(?<before>"(?:apiKey|token|secret|password|passwd|accessToken|refreshToken|${paymentNames('_?')})"\s*:\s*")(?<secret>[^"]+)(?=")`,
    'gi',
  ),
  // api_key: 'value'
  quotedAfter('api[-_]key|(?:access|refresh)[-_]token|auth[-_]?token|(?:client|app)[-_]?secret'),
  quotedAfter('(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token'),
  // --token value
  new RegExp(
    String.raw`(?<before>--(?:api[-_]?key|hook[-_]?token|token|secret|password|passwd|${paymentNames('[-_]?')})\s+(?<quote>["']?))(?<secret>[^\s"']+)\k<quote>`,
    'gi',
  ),
  /(?<before>Authorization\s*[:=]\s*Bearer\s+)(?<secret>[\w.+=-]+)/gi,
  /(?<before>\bBearer\s+)(?<secret>[\w.+=-]{18}[\w.+=-]*)\b/gi,
  // token=value
  new RegExp(
    String.raw`(?<before>(?:^|[\s,;])(?:(?:access|refresh)_token|auth[-_]?token|api[-_]?key|(?:client|app)[-_]?secret|token|secret|password|passwd|${paymentNames('[-_]?')})=)(?<secret>[^\s&#]+)`,
    'gi',
  ),
];

function quotedAfter(names: string): RegExp {
  return new RegExp(
    String.raw`(?<before>(?:^|[\s,{])["']?(?:${names})["']?\s*[:=]\s*(?<quote>["']))(?<secret>[^"'\r\n]+)\k<quote>`,
    'gi',
  );
}

/** Names of payment data, their words joined by what `join` matches. */
function paymentNames(join: string): string {
  return [
    'card number',
    'card cvc',
    'card cvv',
    'cvc',
    'cvv',
    'security code',
    'payment credential',
    'shared payment token',
  ]
    .map((words) => words.replaceAll(' ', join))
    .join('|');
}

export const bareTokens: readonly RegExp[] = [
  String.raw`sk-[\w-]{8}[\w-]*`,
  String.raw`ghp_[A-Za-z0-9]{20}[A-Za-z0-9]*`,
  String.raw`github_pat_\w{20}\w*`,
  String.raw`xox[baprs]-[A-Za-z0-9-]{10}[A-Za-z0-9-]*`,
  String.raw`xapp-[A-Za-z0-9-]{10}[A-Za-z0-9-]*`,
  String.raw`gsk_[\w-]{10}[\w-]*`,
  String.raw`AIza[\w-]{20}[\w-]*`,
  String.raw`ya29\.[\w./+=-]{10}[\w./+=-]*`,
  String.raw`1//0[\w./+=-]{10}[\w./+=-]*`,
  String.raw`pplx-[\w-]{10}[\w-]*`,
  String.raw`(?:npm_|AKID|LTAI|hf_|r8_)[A-Za-z0-9]{10}[A-Za-z0-9]*`,
].map((form) => new RegExp(String.raw`\b${form}\b`, 'gi'));

/** Tokens of Telegram: in a URL behind `bot`, group 1, and bare. */
export const botToken = /\bbot(\d{6}\d*:[\w-]{20}[\w-]*)\b/gi;
export const telegramToken = /\b\d{6}\d*:[\w-]{20}[\w-]*\b/g;
