/** A way in which something secret is written. */
export interface SecretRule {
  name: string;
  /**
   * Regular expression in what JavaScript, RE2 and Java have in common, without question marks: group 1
   * is what stands before the secret, where the match begins, group 2 the secret. Never spans lines.
   */
  pattern: string;
}

/** Letters of a word, large or small. */
function anyCase(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

/** Begin of a word; after an escape such as \n, too. */
const BEGIN = String.raw`(\\[nrt]|\b)`;
/** A value; what is redacted already is none. */
const VALUE = String.raw`([^"\\&;, \n\[][^"\\&; \n]{3,})`;

/** Every pattern of secrets, in the order in which they are tried. The report secrets_scan has the same. */
export const secretRules: readonly SecretRule[] = [
  {
    name: 'private_key',
    pattern: String.raw`(-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----)([^"\n\[]+)`,
  },
  { name: 'aws_access_key_id', pattern: String.raw`${BEGIN}(A[KS]IA[A-Z0-9]{16})\b` },
  {
    name: 'aws_secret_access_key',
    pattern: String.raw`(${anyCase('secret')}_*${anyCase('access')}_*${anyCase('key')}[\\": =]{1,8})([A-Za-z0-9/+]{40})`,
  },
  { name: 'github_token', pattern: `${BEGIN}(gh[oprsu]_[A-Za-z0-9]{36,})` },
  { name: 'github_token', pattern: `${BEGIN}(github_pat_[A-Za-z0-9_]{22,})` },
  {
    name: 'gitlab_token',
    pattern: `${BEGIN}(gl(pat|rt|rtr|dt|oas|cbt|ptt|ft|imt|wt|soat|agent|ffct)-[A-Za-z0-9_-]{20,})`,
  },
  { name: 'slack_token', pattern: `${BEGIN}(xox[abeoprs]-[A-Za-z0-9-]{10,})` },
  { name: 'stripe_key', pattern: `${BEGIN}([rs]k_[a-z]{4}_[A-Za-z0-9]{16,})` },
  {
    name: 'json_web_token',
    pattern: String.raw`${BEGIN}(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})`,
  },
  { name: 'authorization_header', pattern: `(${anyCase('authorization')}: *[A-Za-z]+ +)${VALUE}` },
  { name: 'api_key_header', pattern: `(${anyCase('x-api-key')}: *)${VALUE}` },
  { name: 'url_password', pattern: String.raw`(://[^/"@:\\ \n]*:)([^/"@\\ \n\[][^/"@\\ \n]*)@` },
  { name: 'password', pattern: `(${anyCase('passw')}[OoRr]{0,2}[Dd]=)${VALUE}` },
  { name: 'password_argument', pattern: String.raw`("--*[a-z-]*passw[or]*d", ")([^"\n\[]+)` },
  { name: 'token', pattern: `(${anyCase('token')}=)${VALUE}` },
  { name: 'token_argument', pattern: String.raw`("--*[a-z-]*token", ")([^"\n\[]+)` },
  { name: 'secret', pattern: `(${anyCase('secret')}=)${VALUE}` },
  // a key is long and looks like chance; a shorter one may be anything
  { name: 'key', pattern: String.raw`(${anyCase('key')}[\\": =]{1,5})([A-Za-z0-9+/_-]{32,})` },
];

/** What every text that a rule matches holds: one expression, to pass over all other texts quickly. */
export const secretHint = [
  'PRIVATE KEY',
  'A[KS]IA[A-Z0-9]{16}',
  'gh[oprsu]_',
  'github_pat_',
  'gl(pat|rt|rtr|dt|oas|cbt|ptt|ft|imt|wt|soat|agent|ffct)-[A-Za-z0-9_-]{20}',
  'xox[abeoprs]-',
  '[rs]k_[a-z]{4}_',
  String.raw`eyJ[A-Za-z0-9_-]{8,}\.eyJ`,
  `${anyCase('authorization')}: `,
  `${anyCase('x-api-key')}: `,
  String.raw`://[^/"@:\\ \n]*:[^/"@\\ \n]+@`,
  `${anyCase('passw')}[OoRr]{0,2}[Dd][="]`,
  `${anyCase('token')}[="]`,
  `${anyCase('secret')}=`,
  String.raw`${anyCase('key')}[\\": =]{1,5}[A-Za-z0-9+/_-]{32}`,
  String.raw`${anyCase('key')}[\\": =]{1,8}[A-Za-z0-9/+]{40}`,
].join('|');
