import type { Report } from '../api/catalogue.ts';

/** Reports that answer one kind of question. */
export interface ReportGroup {
  title: string;
  reports: Report[];
}

/** Titles of the groups, and which names belong to them; the first that fits counts. */
const groups: readonly [string, RegExp][] = [
  ['Calls', /^(calls|search|follow|time_slices|timeline|strace)$/],
  ['Compare', /^(diff_|trend|compare)/],
  ['Time', /^(syscall_stats|latency|gaps|blocked|futex|startup|critical|busy|thread|rollup)/],
  ['Errors', /(error|exec_failures|permission|wasted|crashes|signals)/],
  ['Processes', /^(process|programs)/],
  ['Descriptors', /(^fd_|_fds$|leak)/],
  ['Network', /(connection|socket|dns|endpoint|peer)/],
  ['Files', /(file|folder|extension|io_|_io$|cross_reference|redundant|device|ops)/],
];

/** The catalogue in groups, in their order; what no group takes comes last. */
export function groupReports(reports: Iterable<Report>): ReportGroup[] {
  const found: ReportGroup[] = [...groups.map(([title]) => title), 'More'].map((title) => ({
    title,
    reports: [],
  }));
  for (const report of reports) {
    const index = groups.findIndex(([, pattern]) => pattern.test(report.name));
    found.at(index)!.reports.push(report);
  }
  return found.filter((group) => group.reports.length > 0);
}
