import { expect, it } from 'vitest';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { bindParameters } from '../../lib/reports/parameters.ts';
import { parseReport } from '../../lib/reports/report-header.ts';

const report = parseReport(
  'sliced',
  `-- title: Sliced
-- description: A report that takes a number.
-- parameter: session string: Session.
-- parameter: slice_ms integer = 100: Width.
-- column: calls bigint: How many.
SELECT COUNT(*) AS calls FROM calls WHERE session = ? AND duration_ns > ?`,
);
const bind = (value?: string) =>
  bindParameters(report, new Map(value === undefined ? [] : [['slice_ms', value]]), {
    session: 'app',
  } as SessionManifest);

it('binds a whole number as a number, given or not', () => {
  expect(bind()).toEqual(['app', 100n]);
  expect(bind('900719925474099')).toEqual(['app', 900719925474099n]);
});

it.each(['', '1.5', '-1', '1,2', '*', '1e3', '9'.repeat(16)])('refuses %j', (value) => {
  expect(() => bind(value)).toThrow('whole number');
});

it.each(['0', '41', '-1'])('refuses %j where numbers are from 1 to 40', (value) => {
  const sql = report.sql.replace('slice_ms integer', 'slice_ms integer(1..40)');
  const bounded = parseReport('bounded', sql);
  const ask = (given: string) =>
    bindParameters(bounded, new Map([['slice_ms', given]]), { session: 'app' } as SessionManifest);
  expect(() => ask(value)).toThrow('Give a whole number from 1 to 40.');
  expect(ask('40')).toEqual(['app', 40n]);
});
