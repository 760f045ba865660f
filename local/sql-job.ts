import type { ResultColumn } from '../lib/reports/engine.ts';
import type { SessionFiles } from './duckdb-connection.ts';

/** One ad hoc query, as the process that runs it gets it. */
export interface SqlJob {
  sql: string;
  /** Sessions whose calls it sees. */
  sessions: SessionFiles[];
  /** Files of their statistics, the rows of `call_stats`. */
  stats?: string[];
  /** Files of the manifests that are the rows of `sessions`. */
  manifests: string[];
  /** Private folder for what does not fit into memory. */
  folder: string;
  maxRows: number;
  /** Characters of JSON at most, so that one cell cannot fill the memory of who asks. */
  maxBytes: number;
  /** Megabytes the query engine may take. */
  engineMb: number;
}

/** A value of any type of the engine; numbers beyond 2^53 are bigints, structs and maps objects. */
export type Cell = string | number | bigint | boolean | null | Cell[] | { [name: string]: Cell };

/** Rows of an ad hoc query; no two columns have one name. */
export interface SqlResult {
  columns: ResultColumn[];
  rows: Cell[][];
  /** True when there were more rows than were asked for. */
  isCut: boolean;
}

/** Why a query gave no rows: whose fault it is, and words for who asked. */
export interface SqlFailure {
  /** Not allowed here; not understood; too large for its limits; files that went away; ours. */
  kind: 'refused' | 'invalid' | 'limit' | 'gone' | 'broken';
  message: string;
}

/** What the process says when it is done. */
export type SqlOutcome = { result: SqlResult } | { failure: SqlFailure };
