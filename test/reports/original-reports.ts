import type { CsvRow } from './differences.ts';

const accessColumns = ['timestamp', 'executable', 'syscall', 'filepath', 'ret_int', 'ret_str'];
const device = /^\/dev\/|^\/sys\/devices\/|^\/sys\/.*\/gpio/;

/** A table as stracepy makes it; ties of counts in the order of the columns after it. */
export interface Table {
  columns: string[];
  rows: string[][];
}

/** What stracepy's analyzer makes of its CSV, report by report. */
export const originalReports: Readonly<Record<string, (rows: CsvRow[]) => Table>> = {
  programs_executed: (rows) => {
    const executed = rows.filter((row) => row.syscall!.startsWith('exec'));
    return pick(executed.toSorted((a, b) => compare(a.timestamp!, b.timestamp!)));
  },
  count_errors: (rows) => count(rows.filter(isError), ['executable', 'syscall', 'ret_str']),
  count_files: (rows) => count(rows.filter(hasFile), ['executable', 'filepath']),
  count_device_files: (rows) => count(rows.filter(isDevice), ['executable', 'filepath']),
  file_access: (rows) => pick(rows.filter(hasFile)),
  file_access_errors: (rows) => pick(rows.filter((row) => hasFile(row) && isError(row))),
  device_file_access: (rows) => pick(rows.filter(isDevice)),
};

/** Rows of a table of counts in the order that is ours. */
export function sortCounts(rows: string[][]): string[][] {
  return rows.toSorted(
    (a, b) => Number(b[0]) - Number(a[0]) || compare(a.slice(1).join('\0'), b.slice(1).join('\0')),
  );
}

function count(rows: CsvRow[], names: string[]): Table {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const key = names.map((name) => row[name]).join('\0');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const table = [...counts].map(([key, times]) => [String(times), ...key.split('\0')]);
  return { columns: ['count', ...names], rows: sortCounts(table) };
}

function pick(rows: CsvRow[]): Table {
  return {
    columns: accessColumns,
    rows: rows.map((row) => accessColumns.map((column) => row[column]!)),
  };
}

const isError = (row: CsvRow) => row.ret_int === '-1';
const hasFile = (row: CsvRow) => row.filepath !== '';
const isDevice = (row: CsvRow) => device.test(row.filepath!);

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
