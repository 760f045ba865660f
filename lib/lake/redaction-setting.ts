import { redactionNames } from '../strace/redaction.ts';

/** What redaction takes, in words. */
export const REDACTION_FORM = `names separated by commas, out of ${redactionNames.join(', ')}`;

/** Names of rules in a list such as `secrets,buffers`, sorted; undefined when one of them is none. */
export function readRedaction(text: string): string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  if (!names.every((name) => redactionNames.includes(name))) return undefined;
  return [...new Set(names)].sort();
}

/** Rules of a setting that may be empty; throws RangeError for what names no rules. */
export function redactionOf(text: string | undefined): string[] {
  const rules = text ? readRedaction(text) : [];
  if (rules) return rules;
  throw new RangeError(`redaction is not ${REDACTION_FORM}: ${text}`);
}
