import type { Log, Result } from 'sarif';
import { findMetric } from '../metrics.ts';
import type { Finding, FindingItem, Verdict } from '../verdict.ts';
import { chainOf, numbersOf, subjectOf, titleOf } from './finding-text.ts';

/** A verdict as SARIF 2.1.0, for code scanning: a result for each item that does not hold. */
export function printSarif({ findings }: Verdict, budgetFile: string): string {
  const wrong = findings.filter(({ status }) => status === 'failed' || status === 'warned');
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'stracelake',
            rules: [...new Set(findings.map(({ assertion }) => assertion))].map((id) => ({
              id,
              shortDescription: { text: describe(id) },
            })),
          },
        },
        results: wrong.flatMap((finding) =>
          finding.items.length === 0
            ? [resultOf(finding, undefined, budgetFile)]
            : finding.items.map((item) => resultOf(finding, item, budgetFile)),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(finding: Finding, item: FindingItem | undefined, budgetFile: string): Result {
  const evidence = item?.evidence;
  const { commands = [], call, look } = evidence ?? {};
  const text = [
    `${titleOf(finding)}: ${item ? subjectOf(item) : finding.reason} (${numbersOf(finding)})`,
    ...(commands.length > 0 ? [`by ${chainOf(commands).join(' > ')}`] : []),
    ...(call ? [`first: ${call}`] : []),
    ...(look ? [`look: ${look}`] : []),
  ].join('\n');
  const isFile = evidence?.source && evidence.line && !look?.startsWith('http');
  const uri = isFile ? evidence.source! : budgetFile;
  return {
    ruleId: finding.assertion,
    level: finding.status === 'failed' ? 'error' : 'warning',
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(uri) },
          region: { startLine: isFile ? evidence.line! : 1 },
        },
        ...(item && { logicalLocations: [{ fullyQualifiedName: item.program, kind: 'module' }] }),
      },
    ],
    // keeps one alert over time, wherever in the log it is
    partialFingerprints: {
      behaviour: `${finding.assertion} ${item?.program ?? ''} ${item?.subject ?? ''}`,
    },
  };
}

function describe(assertion: string): string {
  const metric = findMetric(assertion);
  if (metric?.kind === 'count') return metric.count.description;
  return metric?.isNew ? `New ${metric.set.item}` : (metric?.set.description ?? assertion);
}
