import type { SummaryDifference, SummaryRow } from '../strace/summary-table.ts';
import type {
  ArchiveContents,
  LineSample,
  ParseSummary,
  RecordingOptions,
  SessionFile,
  SessionManifest,
  SessionSource,
  StraceTable,
  UnparsedReason,
} from './manifest.ts';

/** Glue type of every field of `T`: the compiler refuses a missing or a foreign one. */
type Fields<T> = Record<keyof Required<T>, string>;

const sample: Fields<LineSample> = { line: 'bigint', text: 'string' };

const reason: Fields<UnparsedReason> = {
  reason: 'string',
  count: 'bigint',
  samples: arrayOf(sample),
};

const source: Fields<SessionSource> = {
  bucket: 'string',
  key: 'string',
  etag: 'string',
  version_id: 'string',
  size_bytes: 'bigint',
  last_modified: 'string',
};

const archive: Fields<ArchiveContents> = {
  files: 'bigint',
  logs: 'bigint',
  ignored: 'bigint',
  ignored_names: 'array<string>',
};

const file: Fields<SessionFile> = { key: 'string', rows: 'bigint', size_bytes: 'bigint' };

const recording: Fields<RecordingOptions> = {
  pids: 'string',
  clock: 'string',
  clock_digits: 'int',
  durations: 'boolean',
  fd_paths: 'boolean',
  comms: 'boolean',
  cut_strings: 'bigint',
};

const summaryRow: Fields<SummaryRow> = {
  syscall: 'string',
  calls: 'bigint',
  errors: 'bigint',
  seconds: 'double',
};

const difference: Fields<SummaryDifference> = {
  syscall: 'string',
  column: 'string',
  strace: 'bigint',
  parsed: 'bigint',
};

const straceTable: Fields<StraceTable> = {
  rows: arrayOf(summaryRow),
  differences: arrayOf(difference),
};

const failure: Fields<NonNullable<SessionManifest['failure']>> = {
  title: 'string',
  detail: 'string',
};

const summary: Fields<ParseSummary> = {
  lines: 'bigint',
  log_bytes: 'bigint',
  rows: 'bigint',
  calls: 'bigint',
  errors: 'bigint',
  lines_by_kind: 'map<string,bigint>',
  unparsed: arrayOf(reason),
  start_time: 'string',
  end_time: 'string',
  options: structOf(recording),
  missing: 'array<string>',
  strace_table: structOf(straceTable),
};

/** Columns of the Glue table `sessions`, name to type: the fields of a session manifest. */
export const sessionColumns: Fields<SessionManifest> = {
  version: 'int',
  session: 'string',
  status: 'string',
  generation: 'string',
  sources: arrayOf(source),
  labels: 'map<string,string>',
  started_at: 'string',
  finished_at: 'string',
  date_from: 'string',
  files: arrayOf(file),
  stats: structOf(file),
  failure: structOf(failure),
  ...summary,
  archive: structOf(archive),
  redacted: 'map<string,bigint>',
};

function structOf(fields: Record<string, string>): string {
  const members = Object.entries(fields).map(([name, type]) => `${name}:${type}`);
  return `struct<${members.join(',')}>`;
}

function arrayOf(fields: Record<string, string>): string {
  return `array<${structOf(fields)}>`;
}
