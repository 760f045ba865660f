import { nameOf } from '../facts.ts';
import type { Finding, FindingItem, Verdict } from '../verdict.ts';
import {
  chainOf,
  numbersOf,
  round,
  showControls,
  subjectOf,
  titleOf,
  verdictLine,
} from './finding-text.ts';

/** How a terminal shows a verdict. */
export interface TerminalLook {
  paint(style: 'red' | 'yellow' | 'green' | 'bold' | 'dim', text: string): string;
  /** Rows as a table; null is an empty cell. */
  table(headers: readonly string[], rows: (string | number | null)[][]): string;
  /** Columns that lines are cut to; undefined leaves them whole. */
  width?: number;
}

/** Longest call that is printed whole. */
const CALL_LENGTH = 160;
/** Longest command in the table. */
const CELL_COMMAND_LENGTH = 40;
/** Items of which all is told: what fails is looked into, what warns is noticed. */
const TOLD_ITEMS = { failed: 3, warned: 1 };

const marks = { failed: '✗', warned: '!', unmeasured: '?', passed: '✓' } as const;
const colours = { failed: 'red', warned: 'yellow', unmeasured: 'dim', passed: 'green' } as const;

/**
 * A verdict as a person reads it, from the end: a line, above it a table of what does not hold, who did it
 * and on which line of the log, above that where to look at each.
 */
export function printTerminal(verdict: Verdict, look: TerminalLook): string {
  const wrong = verdict.findings.filter(isWrong);
  const lines = tellOnce(wrong).flatMap(({ finding, same }) => [
    ...printFinding(finding, same, look),
    '',
  ]);
  const unmeasured = verdict.findings.filter(({ status }) => status === 'unmeasured');
  for (const [reason, findings] of Map.groupBy(unmeasured, (each) => each.reason)) {
    const names = findings.map(titleOf).join(', ');
    lines.push(look.paint('dim', `? not measured (${reason}): ${names}`), '');
  }
  const table = wrong.length > 0 ? `${look.table(...tableOf(wrong))}\n` : '';
  const { result } = verdict;
  const colour = result === 'failed' ? 'red' : result === 'warned' ? 'yellow' : 'green';
  const details = lines.map((line) => `${line}\n`).join('');
  return `${details}${table}${look.paint(colour, verdictLine(verdict))}\n`;
}

type Wrong = Finding & { status: 'failed' | 'warned' };

function isWrong(finding: Finding): finding is Wrong {
  return finding.status === 'failed' || finding.status === 'warned';
}

/** Findings, each with the title of an earlier one whose items are the same. */
function tellOnce(findings: readonly Wrong[]): { finding: Wrong; same: string | undefined }[] {
  const told = new Map<string, string>();
  return findings.map((finding) => {
    const key = JSON.stringify(finding.items.map(({ subject, evidence }) => [subject, evidence]));
    const same = finding.items.length > 0 ? told.get(key) : undefined;
    if (!same) told.set(key, titleOf(finding));
    return { finding, same };
  });
}

function tableOf(findings: readonly Wrong[]): Parameters<TerminalLook['table']> {
  const rows = findings.map((finding) => {
    const { status, value, base, limit, items, reason, assertion } = finding;
    const [first] = items;
    const { commands = [], line = null } = first?.evidence ?? {};
    const more = items.length > 1 ? ` and ${items.length - 1} more` : '';
    const number = (each: number | null) => (each === null ? null : Number(round(each)));
    return [
      marks[status],
      titleOf(finding),
      number(value),
      assertion.startsWith('new_') ? null : number(base),
      number(limit),
      first ? subjectOf({ ...first, program: '' }) + more : showControls(reason),
      chainOf(commands.map(withoutFolder), CELL_COMMAND_LENGTH).join(' > '),
      line,
    ];
  });
  return [['', 'assertion', 'now', 'baseline', 'limit', 'what', 'by', 'line'], rows];
}

/** A command whose program has its last name only. */
function withoutFolder(command: string): string {
  const [program = ''] = command.split(' ', 1);
  return nameOf(program) + command.slice(program.length);
}

function printFinding(finding: Wrong, same: string | undefined, look: TerminalLook): string[] {
  const { status, items, reason } = finding;
  const mark = look.paint(colours[status], marks[status]);
  const head = `${mark} ${look.paint('bold', titleOf(finding))}  ${numbersOf(finding)}`;
  if (same) return [head, look.paint('dim', `    as ${same} above`)];
  const told = items.slice(0, TOLD_ITEMS[status]);
  const rest = items.length - told.length;
  return [
    head,
    ...(told.length === 0 ? [`    ${cut(showControls(reason), 4, look)}`] : []),
    ...told.flatMap((item) => printItem(item, look)),
    ...(rest > 0 ? [look.paint('dim', `    and ${rest} more`)] : []),
  ];
}

function printItem(item: FindingItem, look: TerminalLook): string[] {
  const { evidence } = item;
  const lines = [`    ${cut(subjectOf(item), 4, look)}`];
  if (!evidence) return lines;
  const { commands, process, line, call, look: address } = evidence;
  const pid = process === null ? '' : `  (process ${process})`;
  if (commands.length > 0)
    lines.push(`      by    ${cut(chainOf(commands).join(' > '), 12, look)}${pid}`);
  const whole = showControls(call ?? '');
  const shown = whole.length > CALL_LENGTH ? `${whole.slice(0, CALL_LENGTH - 1)}…` : whole;
  const where = [line === null ? '' : `line ${line}`, shown].filter(Boolean).join(': ');
  if (where) lines.push(`      first ${cut(where, 12, look)}`);
  if (address) lines.push(look.paint('dim', `      look  ${address}`));
  return lines;
}

function cut(text: string, indent: number, { width }: TerminalLook): string {
  if (width === undefined || text.length + indent <= width) return text;
  return `${text.slice(0, Math.max(10, width - indent - 1))}…`;
}
