import { secretRules } from './secret-rules.ts';

/** Names that stand for rules: those of the patterns, those of fields, and words for several. */
const PATTERNS = 'secrets';
const FIELDS = ['buffers', 'environment'] as const;

/** Names of rules that redaction takes; the first stands for all patterns. */
export const redactionNames: readonly string[] = [
  ...new Set([PATTERNS, ...FIELDS, ...secretRules.map(({ name }) => name)]),
];

/** Replaces what a rule finds in lines of a log; calls `count` for each. */
type Replace = (text: string, count: () => void) => string;

/** Redacts texts of whole lines, and counts by rule. */
export class Redactor {
  /** How often each rule replaced something; rules that found nothing are there with 0. */
  readonly counts: Record<string, number> = {};
  readonly #rules: { name: string; replace: Replace }[];

  constructor(names: readonly string[]) {
    const asked = new Set(names);
    const patterns = secretRules.filter(({ name }) => asked.has(PATTERNS) || asked.has(name));
    this.#rules = [
      // fields first: what is gone as a whole needs no looking through
      ...FIELDS.filter((name) => asked.has(name)).map((name) => ({ name, replace: fields[name] })),
      ...patterns.map(({ name, pattern }) => ({ name, replace: replacePattern(name, pattern) })),
    ];
    for (const { name } of this.#rules) this.counts[name] = 0;
  }

  /** The text with every secret replaced by `[redacted:RULE]`. */
  redact(text: string): string {
    let redacted = text;
    for (const { name, replace } of this.#rules)
      redacted = replace(redacted, () => {
        this.counts[name]!++;
      });
    return redacted;
  }
}

function replacePattern(name: string, pattern: string): Replace {
  const expression = new RegExp(pattern, 'g');
  return (text, count) =>
    text.replace(expression, (match: string, before: string, secret: string) => {
      count();
      return `${before}[redacted:${name}]${match.slice(before.length + secret.length)}`;
    });
}

const STRING = String.raw`"(?:[^"\\\n]|\\.)*"(?:\.\.\.)?`;
/** Calls that move bytes, from their bracket or their resumption on to the end of the line. */
const TRANSFER =
  /\b(?:p?(?:read|write)(?:v|64|v2)?|(?:send|recv)(?:to|from|m?msg)?)(?:\(| resumed>)[^\n]*/g;
const BUFFER = new RegExp(String.raw`(, |\(|resumed>|iov_base=)${STRING}`, 'g');
const EXECUTION = /\bexecve(?:at)?\([^\n]*/g;
const VARIABLE = /"([A-Za-z_][A-Za-z0-9_]*=)(?!\[redacted)(?:[^"\\\n]|\\.)*"/g;

const fields: Record<(typeof FIELDS)[number], Replace> = {
  /** `read(3, "text"..., 100)`, `iov_base="text"` */
  buffers: (text, count) =>
    text.replace(TRANSFER, (line) =>
      line.replace(BUFFER, (_match, before: string) => {
        count();
        return `${before}"[redacted:buffers]"`;
      }),
    ),
  /** `execve("/bin/sh", ["sh"], ["HOME=/root"])` of strace -v, and such arguments of env */
  environment: (text, count) =>
    text.replace(EXECUTION, (line) =>
      line.replace(VARIABLE, (_match, name: string) => {
        count();
        return `"${name}[redacted:environment]"`;
      }),
    ),
};
