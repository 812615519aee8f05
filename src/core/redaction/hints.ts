/**
 * Quick looks that save the families a text which cannot hold a match: most texts of a transcript hold none. They may say
 * yes too often, never no too often; a test holds every family against them.
 */

/** True when the name of a credential is followed by `=` or `:`, or may be an option, or `Bearer` is there. */
export function mayHoldNamedSecrets(text: string): boolean {
  return assignment.test(text) || (text.includes('--') && credentialWord.test(text)) || /bearer\s/i.test(text);
}

const assignment =
  /(?:key|token|secret|passwd|password|passphrase|pass|auth|authorization|signature|sig|cookie|secret[-_]?(?:value|input)|material|credential|jwt|number|cvc|cvv|code|session|assertion)\\*["'`]?\s*[=:]/i;

const credentialWord = /key|token|secret|passw|passphrase|cvc|cvv|number|code|credential|jwt|material|authorization/i;

/** True when the prefix of a token begins a word. */
export function mayHoldTokens(text: string): boolean {
  return prefix.test(text);
}

const prefix =
  /(?<![A-Za-z0-9])(?:sk[-_]|gh[opusr]_|github_pat_|xox[abprs]-|xapp-|gsk_|AIza|ya29\.|1\/\/0|pplx-|npm_|AKI[AD]|ASIA|LTAI|hf_|r8_|gl(?:pat-|oas-|sa_|c_)|rk_|SG\.|do[opr]_v1_|bb_live_|tvly-|retaindb_|dp\.|dckr_|bkua_|sbp_|CCIPAT_|dapi|dd[pw]_|nfp_|CFPAT-|AT(?:ATT|CTT|BB)|BBDC-|HRKU-|pat-|apify_|FlyV1|fio-|xai-|fw[-_]|fpk_|api_org_|gAAAA|pypi-|fal_|am_|fc-|exa_|syt_|hsk-|mem0_|brv_|https?:\/\/(?:hooks\.slack|(?:\w+\.)?discord)|discord)/i;
