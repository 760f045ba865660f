import type { Finding, FindingItem, Verdict } from '../verdict.ts';
import { chainOf, round, SHOWN_ITEMS, subjectOf, titleOf, verdictLine } from './finding-text.ts';

/** First line of the comment: whoever posts it finds it again by this, and edits it. */
export const COMMENT_MARK = '<!-- stracelake ci -->';

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
    ...(wrong.length > 0 ? [...tableOf(wrong), '', ...wrong.flatMap(detailsOf)] : []),
    '<details><summary>All assertions</summary>',
    '',
    ...tableOf([...wrong, ...others]),
    '',
    '</details>',
    '',
  ].join('\n');
}

function tableOf(findings: readonly Finding[]): string[] {
  return [
    '| | assertion | baseline | now | limit | |',
    '|---|---|---:|---:|---:|---|',
    ...findings.map((finding) => {
      const { status, base, value, limit, unit, reason } = finding;
      const number = (each: number | null) =>
        each === null ? '' : `${round(each)}${unit ? ` ${unit}` : ''}`;
      const cells = [marks[status], code(titleOf(finding)), number(base), number(value)];
      return `| ${[...cells, number(limit), escapeCell(reason)].join(' | ')} |`;
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
  const where = look && /^https?:/.test(look) ? `[${place || 'look'}](${look})` : place;
  return [
    head,
    ...(commands.length > 0 ? [`  - by ${chainOf(commands).map(code).join(' → ')}`] : []),
    ...(call || where
      ? [`  - first: ${[where, call && code(call)].filter(Boolean).join(': ')}`]
      : []),
    ...(look && !/^https?:/.test(look) ? [`  - look: ${code(look)}`] : []),
  ];
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
