import { nameOf } from '../facts.ts';
import type { Finding, FindingItem, Verdict } from '../verdict.ts';

/** Items of a finding that are printed; the rest is counted. */
export const SHOWN_ITEMS = 5;
/** Longest command that is printed whole. */
const COMMAND_LENGTH = 100;

/** The verdict in a line: `FAILED: 2 errors, 1 warning (1 run, 3 baseline runs)`. */
export function verdictLine({ result, runs, baseline, findings }: Verdict): string {
  const count = (status: Finding['status']) =>
    findings.filter((finding) => finding.status === status).length;
  const parts = [
    plural(count('failed'), 'error'),
    plural(count('warned'), 'warning'),
    `${count('passed')} passed`,
    ...(count('unmeasured') > 0 ? [`${count('unmeasured')} not measured`] : []),
  ];
  const against = baseline ? plural(baseline.length, 'baseline run') : 'no baseline yet';
  return `${result.toUpperCase()}: ${parts.join(', ')} (${plural(runs.length, 'run')}, ${against})`;
}

/** What a finding's number is, was and may be: `5300 ms, baseline 2100, limit 4200`. */
export function numbersOf({ value, base, limit, unit, assertion }: Finding): string {
  if (value === null) return '';
  const isNew = assertion.startsWith('new_');
  return [
    `${round(value)}${unit ? ` ${unit}` : ''}`,
    ...(base === null || isNew ? [] : [`baseline ${round(base)}`]),
    ...(limit === null ? [] : [`limit ${round(limit)}`]),
  ].join(', ');
}

/** Name of a finding with its scope: `failed_opens in python3`. */
export function titleOf({ assertion, scope }: Finding): string {
  const where = scope ? Object.values(scope).filter(Boolean).join(' ') : '';
  return where ? `${assertion} in ${where}` : assertion;
}

/** What an item is, and how often when that has changed. */
export function subjectOf({ subject, program, count, base }: FindingItem): string {
  const times = base > 0 ? ` (${round(base)} -> ${round(count)})` : count > 1 ? ` (${count})` : '';
  const by = program === '' || subject === program ? '' : ` by ${nameOf(program)}`;
  return showControls(`${subject}${by}${times}`);
}

/** Commands that led to something, outermost first, each on one line and no longer than tells it. */
export function chainOf(commands: readonly string[], longest = COMMAND_LENGTH): string[] {
  return commands.map((command) => {
    // a line end is printed as \\n, a backslash before an n as two and an n
    const line = showControls(command.replace(/(?<!\\)((?:\\\\)*)(?:\\[nt]|\s)+/g, '$1 '));
    return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  });
}

/** Text whose control characters are shown: names in a log may hold what moves a cursor or ends a line. */
export function showControls(text: string): string {
  return text.replace(
    /[\x00-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** A number without digits that mean nothing. */
export function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** `1 run`, `2 runs`. */
function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
