import type { SessionManifest } from '../lake/manifest.ts';
import type { StatsFile } from '../lake/stats-listing.ts';

/** A value in a query or in a row of its result; arrays of strings come from array<string> columns. */
export type SqlValue = string | number | bigint | boolean | null | string[];

/** A column of a result, as the engine names it (Athena's type names). */
export interface ResultColumn {
  name: string;
  type: string;
}

/** One query: SQL text with `?` placeholders, and their values in order. */
export interface Query {
  sql: string;
  parameters: (string | number | bigint)[];
  /** The sessions the query reads, first the one it is about; the embedded engine reads only their files. */
  sessions: readonly SessionManifest[];
  /** The statistics it reads, of a report across sessions. */
  stats?: readonly StatsFile[];
  /** Of a query around another: what stands around it, for an engine that kept that one's rows. */
  around?: {
    base: Pick<Query, 'sql' | 'parameters'>;
    /** SQL before and after the inner query or what stands for it. */
    before: string;
    after: string;
    /** Values of the placeholders in `after`. */
    parameters: (string | number | bigint)[];
  };
}

/** Where an execution stands; `unknown` when there is none under that id, or no longer. */
export type ExecutionState =
  | { status: 'running' }
  | { status: 'succeeded' }
  | { status: 'failed'; message: string }
  | { status: 'unknown' };

/** Some rows of a result, in the order of the query. */
export interface ResultPage {
  columns: ResultColumn[];
  rows: SqlValue[][];
  /** Token for the page after this one; undefined on the last page. */
  next?: string;
}

/** An object in a bucket. */
export interface ObjectLocation {
  bucket: string;
  key: string;
}

/**
 * Runs report SQL. Two adapters: Athena (StartQueryExecution) and DuckDB on the Parquet files.
 * The same query of the same session generation may give the same execution again.
 */
export interface QueryEngine {
  /**
   * Starts a query; returns the execution id. With `rows`, the engine may make no more than these until
   * more are read. Throws EngineBusyError when there is no room.
   */
  start(query: Query, rows?: number): Promise<string>;
  /** Waits at most `waitMs` for the execution to end. */
  wait(execution: string, waitMs: number): Promise<ExecutionState>;
  /** Reads at most `limit` rows from `token` on (the beginning when undefined). */
  page(execution: string, limit: number, token?: string): Promise<ResultPage>;
  /** Where the whole result of a succeeded execution lies as CSV, all fields quoted. */
  csvObject(execution: string): Promise<ObjectLocation>;
}
