import type { Finding, Verdict } from '../verdict.ts';
import { chainOf, numbersOf, subjectOf, titleOf } from './finding-text.ts';

/** A verdict as JUnit XML: a case for each assertion, warnings as its output. */
export function printJunit({ findings }: Verdict): string {
  const failed = findings.filter(({ status }) => status === 'failed').length;
  const skipped = findings.filter(({ status }) => status === 'unmeasured').length;
  const counts = `tests="${findings.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="stracelake" ${counts}>
${findings.map(caseOf).join('\n')}
  </testsuite>
</testsuites>
`;
}

function caseOf(finding: Finding): string {
  const open = `    <testcase classname="stracelake" name="${escapeXml(titleOf(finding))}">`;
  const text = escapeXml(textOf(finding));
  const message = escapeXml(finding.reason);
  switch (finding.status) {
    case 'failed':
      return `${open}<failure message="${message}" type="${finding.assertion.split(':')[0]}">${text}</failure></testcase>`;
    case 'unmeasured':
      return `${open}<skipped message="${message}"/></testcase>`;
    case 'warned':
      return `${open}<system-out>warning: ${text}</system-out></testcase>`;
    case 'passed':
      return `${open}</testcase>`;
  }
}

function textOf(finding: Finding): string {
  const lines = finding.items.flatMap((item) => {
    const { commands = [], line, call, look } = item.evidence ?? {};
    return [
      subjectOf(item),
      ...(commands.length > 0 ? [`  by ${chainOf(commands).join(' > ')}`] : []),
      ...(call ? [`  line ${line}: ${call}`] : []),
      ...(look ? [`  look ${look}`] : []),
    ];
  });
  return [`${finding.reason} (${numbersOf(finding)})`, ...lines].join('\n');
}

/** Text for an attribute or element: characters that XML 1.0 cannot hold become U+FFFD. */
function escapeXml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"]/g, (character) => entities[character]!);
}
