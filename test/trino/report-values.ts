import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { sqlLiteral } from '../../lib/reports/athena-values.ts';
import { bindParameters, filtersOf } from '../../lib/reports/parameters.ts';
import type { ParameterType, Report, ReportParameter } from '../../lib/reports/report.ts';

/** Values of parameters; those of `file_access` let some of the log `gcc` pass. */
const values: Record<string, string> = {
  executable: 'cc1',
  pid: '4129,4130',
  syscall: 'openat,execve',
  path: '/lib',
  path_regex: '^/usr/.*\\.(so|h)',
  from: '09:23:46.120000',
  to: '09:23:46.200000001',
};

/** Values of other parameters, by type. */
const valuesOfType: Record<ParameterType, string> = {
  integer: '50',
  integers: '4130',
  names: 'read,write',
  regex: '[a-m]',
  session: 'torture_nsT',
  string: 'as',
  time: '09:23:46.150000',
  day: '2026-11-23',
  labels: '',
  period: 'session',
};

/** A value that suits the parameter and the log `gcc`. */
export function givenFor({ name, type }: ReportParameter): string {
  return values[name] ?? valuesOfType[type];
}

/** Values for the placeholders: those given, and one for whatever has no default. */
export function bindGiven(
  report: Report,
  session: SessionManifest,
  given: Record<string, string>,
): (string | bigint)[] {
  const required = filtersOf(report).filter((parameter) => parameter.default === undefined);
  const all = new Map([
    ...required.map((parameter) => [parameter.name, givenFor(parameter)] as const),
    ...Object.entries(given),
  ]);
  return bindParameters(report, all, session);
}

/** The same as SQL literals, as Athena takes them. */
export function literalsOf(
  report: Report,
  session: SessionManifest,
  given: Record<string, string>,
): string[] {
  return bindGiven(report, session, given).map(sqlLiteral);
}
