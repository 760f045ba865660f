import { loadReports } from '../lib/reports/catalogue.ts';
import { filtersOf } from '../lib/reports/parameters.ts';

/** Prints the catalogue of reports. */
export function printReports(): void {
  for (const report of loadReports()) {
    console.log(`${report.name}\n    ${report.title}. ${report.description}`);
    const filters = filtersOf(report).map(
      (parameter) => `--${parameter.name.replaceAll('_', '-')}`,
    );
    if (filters.length > 0) console.log(`    ${filters.join(' ')}`);
  }
}
