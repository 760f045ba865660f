import type { Column } from './columns.ts';

/**
 * The columns of `call_stats`, one row for each program, system call and error of a session: the only
 * place they are declared. The Parquet writer, the Glue table, the DuckDB view and the docs follow it.
 */
export const statsColumns: readonly Column[] = [
  {
    name: 'session',
    type: 'string',
    nullable: false,
    comment: 'Session the calls belong to.',
  },
  {
    name: 'day',
    type: 'string',
    nullable: false,
    comment: 'Day of recorded_ns, UTC, such as 2026-11-23; also the partition of the table.',
  },
  {
    name: 'day_from',
    type: 'string',
    nullable: false,
    comment:
      "What tells the day: 'log', 'metadata' (date), or 'upload' for a log without plausible dates.",
  },
  {
    name: 'recorded_ns',
    type: 'bigint',
    nullable: false,
    comment:
      'First time in the log, or that of the upload (see day_from); nanoseconds since 1970-01-01 UTC.',
  },
  {
    name: 'elapsed_ns',
    type: 'bigint',
    nullable: true,
    comment: 'From the first time in the log to the last; the same on all rows of a session.',
  },
  {
    name: 'labels',
    type: 'array<string>',
    nullable: false,
    comment: 'Labels of the session as name=value, in order of name; may be empty.',
  },
  {
    name: 'processes',
    type: 'bigint',
    nullable: false,
    comment: 'Different processes of the session, at least 1; the same on all its rows.',
  },
  {
    name: 'executable',
    type: 'string',
    nullable: true,
    comment: 'Program that made the calls; NULL when it is not known.',
  },
  {
    name: 'syscall',
    type: 'string',
    nullable: true,
    comment: 'Name of the system call; NULL on the one row of a session without calls.',
  },
  {
    name: 'error',
    type: 'string',
    nullable: true,
    comment: 'Symbol of the error these calls failed with; NULL for those that did not fail.',
  },
  {
    name: 'calls',
    type: 'bigint',
    nullable: false,
    comment: 'Number of these calls.',
  },
  {
    name: 'duration_ns',
    type: 'bigint',
    nullable: true,
    comment: 'Time spent in them together, nanoseconds; NULL without -T.',
  },
  {
    name: 'longest_ns',
    type: 'bigint',
    nullable: true,
    comment: 'Time spent in the longest of them, nanoseconds; NULL without -T.',
  },
  {
    name: 'bytes',
    type: 'bigint',
    nullable: true,
    comment: 'Bytes they moved; NULL for calls that are none of the read or write family.',
  },
  {
    name: 'direction',
    type: 'string',
    nullable: true,
    comment: "Way of these bytes: 'in' or 'out'.",
  },
];
