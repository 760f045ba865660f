import type { Verdict } from '../api/types.generated.ts';
import { printBytes, printDuration, printNumber } from '../format.ts';

/** One assertion of a verdict and what came of it. */
export type Finding = Verdict['findings'][number];

/** How many assertions came out how: `2 errors, 1 warning, 12 passed`. */
export function describeVerdict({ findings, baseline }: Verdict): string {
  const count = (status: Finding['status']) =>
    findings.filter((finding) => finding.status === status).length;
  const parts = [
    plural(count('failed'), 'error'),
    plural(count('warned'), 'warning'),
    `${count('passed')} passed`,
    ...(count('unmeasured') > 0 ? [`${count('unmeasured')} not measured`] : []),
  ];
  const against = baseline ? plural(baseline.length, 'baseline run') : 'no baseline';
  return `${parts.join(', ')}; ${against}`;
}

/** What a finding's number is, was and may be: `5.3 s, baseline 2.1 s, at most 4.2 s`. */
export function describeNumbers({ value, base, limit, unit }: Finding): string {
  const print = (number: number) => {
    if (unit === 'ms') return printDuration(number * 1e6);
    return unit === 'bytes' ? printBytes(number) : printNumber(number);
  };
  return [
    ...(value === null ? [] : [print(value)]),
    ...(base === null ? [] : [`baseline ${print(base)}`]),
    ...(limit === null ? [] : [`limit ${print(limit)}`]),
  ].join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
