import type { Finding, FindingItem, Verdict } from '../verdict.ts';
import { numbersOf, SHOWN_ITEMS, subjectOf, titleOf, verdictLine } from './finding-text.ts';

/** How parts of the text are coloured. */
export type Paint = (style: 'red' | 'yellow' | 'green' | 'bold' | 'dim', text: string) => string;

/** Longest call that is printed whole. */
const CALL_LENGTH = 160;

const marks = { failed: '✗', warned: '!', unmeasured: '?', passed: '✓' } as const;
const colours = { failed: 'red', warned: 'yellow', unmeasured: 'dim', passed: 'green' } as const;

/**
 * A verdict as a person reads it: what does not hold first, who did it and where to look, then a line.
 * `width` cuts lines; undefined leaves them whole.
 */
export function printTerminal(verdict: Verdict, paint: Paint, width?: number): string {
  const cut = (text: string, indent: number) =>
    width === undefined || text.length + indent <= width
      ? text
      : `${text.slice(0, Math.max(10, width - indent - 1))}…`;
  const lines = verdict.findings
    .filter(({ status }) => status === 'failed' || status === 'warned')
    .flatMap((finding) => [...printFinding(finding, paint, cut), '']);
  const unmeasured = verdict.findings.filter(({ status }) => status === 'unmeasured');
  for (const [reason, findings] of Map.groupBy(unmeasured, (each) => each.reason)) {
    const names = findings.map(titleOf).join(', ');
    lines.push(paint('dim', `? not measured (${reason}): ${names}`), '');
  }
  const { result } = verdict;
  const colour = result === 'failed' ? 'red' : result === 'warned' ? 'yellow' : 'green';
  return `${[...lines, paint(colour, verdictLine(verdict))].join('\n')}\n`;
}

function printFinding(
  finding: Finding,
  paint: Paint,
  cut: (text: string, indent: number) => string,
): string[] {
  const { status, items, reason } = finding;
  const mark = paint(colours[status], marks[status]);
  const shown = items.slice(0, SHOWN_ITEMS);
  const rest = items.length - shown.length;
  return [
    `${mark} ${paint('bold', titleOf(finding))}  ${numbersOf(finding)}`,
    ...(shown.length === 0 ? [`    ${cut(reason, 4)}`] : []),
    ...shown.flatMap((item) => printItem(item, paint, cut)),
    ...(rest > 0 ? [paint('dim', `    and ${rest} more`)] : []),
  ];
}

function printItem(
  item: FindingItem,
  paint: Paint,
  cut: (text: string, indent: number) => string,
): string[] {
  const { evidence } = item;
  const lines = [`    ${cut(subjectOf(item), 4)}`];
  if (!evidence) return lines;
  const { commands, process, line, call, look } = evidence;
  const pid = process === null ? '' : `  (process ${process})`;
  if (commands.length > 0) lines.push(`      by    ${cut(commands.join(' > '), 12)}${pid}`);
  const shown = call && call.length > CALL_LENGTH ? `${call.slice(0, CALL_LENGTH - 1)}…` : call;
  const where = [line === null ? '' : `line ${line}`, shown ?? ''].filter(Boolean).join(': ');
  if (where) lines.push(`      first ${cut(where, 12)}`);
  if (look) lines.push(paint('dim', `      look  ${look}`));
  return lines;
}
