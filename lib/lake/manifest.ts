import type { SummaryDifference, SummaryRow } from '../strace/summary-table.ts';

/** One object a session was made from. */
export interface SessionSource {
  bucket: string;
  key: string;
  etag: string;
  version_id: string | null;
  size_bytes: number;
  last_modified: string;
}

/** One Parquet file of a session. */
export interface SessionFile {
  key: string;
  rows: number;
  size_bytes: number;
}

/** A line that could not be read, kept for a person to look at. */
export interface LineSample {
  line: number;
  /** First 200 characters of the line. */
  text: string;
}

/** Lines that could not be read, under one reason. */
export interface UnparsedReason {
  reason: string;
  count: number;
  samples: LineSample[];
}

/** What strace options the log was recorded with, as far as its lines show. */
export interface RecordingOptions {
  /** Where the thread id stands: `-f -o` ("pid "), stderr ("[pid N]"), the file name (-ff), nowhere. */
  pids: 'column' | 'bracket' | 'file' | 'none';
  /** Absolute time: none, time of day (-t, -tt) or epoch (-ttt). */
  clock: 'none' | 'time-of-day' | 'epoch' | 'relative';
  /** Digits of the fraction of a second: 0, 3, 6 or 9. */
  clock_digits: number;
  /** -T seen. */
  durations: boolean;
  /** -y or -yy seen. */
  fd_paths: boolean;
  /** -Y seen. */
  comms: boolean;
  /** Strings that -s cut short. */
  cut_strings: number;
}

/** strace's own table (-c, -C) at the end of the log, and whether the parsed lines agree with it. */
export interface StraceTable {
  rows: SummaryRow[];
  /** Counts that differ; empty when every line was read as strace meant it. */
  differences: SummaryDifference[];
}

/** What the parser counted; every line of the log is in exactly one entry of `lines_by_kind`. */
export interface ParseSummary {
  lines: number;
  /** Bytes of the log after decompression. */
  log_bytes: number;
  rows: number;
  /** System calls, those that never returned included, and those of them that failed. */
  calls: number;
  errors: number;
  /** complete, unfinished, resumed, signal, exit, message, stack, dump, summary, output, unparsed, blank. */
  lines_by_kind: Record<string, number>;
  unparsed: UnparsedReason[];
  /** First and last time in the log, ISO 8601 UTC with nine digits, or null. */
  start_time: string | null;
  end_time: string | null;
  options: RecordingOptions;
  /** What the recording leaves out, and the option that would tell. */
  missing: string[];
  strace_table: StraceTable | null;
}

/** What an uploaded tar held. */
export interface ArchiveContents {
  files: number;
  /** Those that are strace logs: one, or the files of one -ff run. */
  logs: number;
  /** Those that are something else, and are left out; the first 20 by name. */
  ignored: number;
  ignored_names: string[];
}

/**
 * The commit point of a session, `sessions/<id>.json`, one line of JSON (the Glue table `sessions`
 * reads it). Readers trust a session only when its status is `ready`, and only the files it lists.
 */
export interface SessionManifest extends Partial<ParseSummary> {
  version: 1;
  session: string;
  status: 'ingesting' | 'ready' | 'failed';
  /** Names this set of sources; part of every Parquet file's name. 8 hexadecimal digits. */
  generation: string;
  sources: SessionSource[];
  /** Null when the log was not uploaded as a tar. */
  archive?: ArchiveContents | null;
  /** What was redacted before anything was written, by rule; null when nothing was asked for. */
  redacted?: Record<string, number> | null;
  /** Free labels from object metadata (`label-branch=main` gives `{branch: 'main'}`). */
  labels: Record<string, string>;
  started_at: string;
  finished_at: string | null;
  /** Where the date of a log without dates came from. */
  date_from: 'log' | 'metadata' | 'upload' | null;
  files: SessionFile[];
  /** Where its statistics lie, its rows of `call_stats`, when status is `ready`. */
  stats?: SessionFile;
  /** Why the ingest failed and what to do, when status is `failed`. */
  failure: { title: string; detail: string } | null;
}
