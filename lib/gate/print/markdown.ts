import type { Finding, FindingItem, Verdict } from '../verdict.ts';
import { chainOf, round, SHOWN_ITEMS, subjectOf, titleOf, verdictLine } from './finding-text.ts';

/** First line of the comment: whoever posts it finds it again by this, and edits it. */
export const COMMENT_MARK = '<!-- stracelake ci -->';

/** Longest command in the table. */
const CELL_COMMAND_LENGTH = 60;

const marks = { failed: '❌', warned: '⚠️', unmeasured: '❔', passed: '✅' } as const;

/** A verdict as a pull request comment or job summary in GitHub's and GitLab's Markdown. */
export function printMarkdown(verdict: Verdict): string {
  const wrong = verdict.findings.filter(({ status }) => status === 'failed' || status === 'warned');
  const others = verdict.findings.filter((finding) => !wrong.includes(finding));
  const mark = marks[verdict.result];
  return [
    COMMENT_MARK,
    `### ${mark} stracelake: ${verdictLine(verdict)}`,
    '',
    ...(wrong.length > 0
      ? [...tableOf(wrong), '', ...fold('Which calls, by whom', wrong.flatMap(detailsOf))]
      : []),
    ...fold('All assertions', [...tableOf([...wrong, ...others]), '']),
  ].join('\n');
}

/** What is read when it is asked for, so that the rest takes ten seconds. */
function fold(title: string, lines: readonly string[]): string[] {
  return [`<details><summary>${title}</summary>`, '', ...lines, '</details>', ''];
}

function tableOf(findings: readonly Finding[]): string[] {
  return [
    '| | assertion | baseline | now | limit | what | by | line |',
    '|---|---|---:|---:|---:|---|---|---:|',
    ...findings.map((finding) => {
      const { status, base, value, limit, unit, reason, items } = finding;
      const { commands = [], line = null, look = null } = items[0]?.evidence ?? {};
      const number = (each: number | null) =>
        each === null ? '' : `${round(each)}${unit ? ` ${unit}` : ''}`;
      const cells = [marks[status], code(titleOf(finding)), number(base), number(value)];
      const by =
        commands.length > 0 ? code(chainOf(commands, CELL_COMMAND_LENGTH).join(' > ')) : '';
      const place = line === null ? '' : linkTo(String(line), look);
      return `| ${[...cells, number(limit), escapeCell(reason), by, place].join(' | ')} |`;
    }),
  ];
}

function detailsOf(finding: Finding): string[] {
  const { items } = finding;
  if (items.length === 0) return [];
  const rest = items.length - SHOWN_ITEMS;
  return [
    `**${code(titleOf(finding))}**`,
    '',
    ...items.slice(0, SHOWN_ITEMS).flatMap(itemOf),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
    '',
  ];
}

function itemOf(item: FindingItem): string[] {
  const { evidence } = item;
  const head = `- ${code(subjectOf(item))}`;
  if (!evidence) return [head];
  const { commands, call, line, look } = evidence;
  const place = line === null ? '' : `line ${line}`;
  const where = linkTo(place, look);
  return [
    head,
    ...(commands.length > 0 ? [`  - by ${chainOf(commands).map(code).join(' → ')}`] : []),
    ...(call || where
      ? [`  - first: ${[where, call && code(call)].filter(Boolean).join(': ')}`]
      : []),
    ...(look && !/^https?:/.test(look) ? [`  - look: ${code(look)}`] : []),
  ];
}

function linkTo(text: string, look: string | null): string {
  return look && /^https?:/.test(look) ? `[${text || 'look'}](${look})` : text;
}

/** Inline code that no text gets out of. */
function code(text: string): string {
  const plain = text.replaceAll(/[\r\n]+/g, ' ').replaceAll('|', '¦');
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`;
}

function escapeCell(text: string): string {
  const short = text.length > 160 ? `${text.slice(0, 159)}…` : text;
  return text === '' ? '' : code(short);
}
