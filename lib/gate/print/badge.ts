import { makeBadge } from 'badge-maker';
import type { Verdict } from '../verdict.ts';

const colours = { passed: 'brightgreen', warned: 'yellow', failed: 'red' } as const;

/** A verdict as an SVG badge. */
export function printBadge(verdict: Verdict): string {
  const { label, message, color } = badgeOf(verdict);
  return makeBadge({ label, message, color });
}

/** A verdict for the endpoint badges of shields.io. */
export function printShield(verdict: Verdict): string {
  return `${JSON.stringify({ schemaVersion: 1, ...badgeOf(verdict) })}\n`;
}

function badgeOf({ result, findings }: Verdict) {
  const count = findings.filter(({ status }) => status === result).length;
  const message = result === 'passed' ? 'passed' : `${count} ${result}`;
  return { label: 'strace', message, color: colours[result] };
}
