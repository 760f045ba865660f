import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ObjectStore } from '../lib/lake/object-store.ts';
import type {
  ExecutionState,
  ObjectLocation,
  Query,
  QueryEngine,
  ResultPage,
} from '../lib/reports/engine.ts';
import { executionKey } from '../lib/reports/execution-key.ts';
import { copyResult, csvOptions, readResult, withSessions } from './duckdb-connection.ts';
import { textLiteral } from './duckdb-dialect.ts';
import { RESULTS_PREFIX, sweepFolder, sweepObjects } from './result-sweep.ts';

const FAILURE_KEPT_MS = 30_000;
const SWEEP_EVERY_MS = 600_000;
/** Rows that are made of a result when nobody asks for more. */
const HEAD_ROWS = 1000;
/** Results of which only the head is there, at most. */
const MAX_HEADS = 500;
// Small row groups, so that a page does not decode many rows it does not show.
const PARQUET = 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480';

/** Where the engine finds the lake's files and keeps its results. */
export interface DuckDbEngineOptions {
  /** Folder for results and temporary files; made when missing, old results are deleted from it. */
  resultFolder: string;
  /** File on disk of an object in the lake bucket. */
  fileOf(key: string): string;
  /** Where whole results as CSV go, under `results/` of the bucket. */
  store: ObjectStore;
  lakeBucket: string;
  /** Memory DuckDB may take, such as `1GB` (the default). */
  memoryLimit?: string;
  threads?: number;
  now?(): number;
}

/** Runs report SQL in this process, on the Parquet files that the sessions' manifests list. */
export class DuckDbEngine implements QueryEngine {
  readonly #options: DuckDbEngineOptions;
  readonly #now: () => number;
  readonly #running = new Map<string, Promise<ExecutionState>>();
  readonly #failed = new Map<string, { state: ExecutionState; until: number }>();
  readonly #exports = new Map<string, Promise<void>>();
  /** Queries whose result has more rows than its head, which is all that was made. */
  readonly #heads = new Map<string, Query>();
  #instance?: Promise<DuckDBInstance>;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: DuckDbEngineOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async start(query: Query, rows = Number.POSITIVE_INFINITY): Promise<string> {
    const instance = await this.#open();
    await this.#sweep();
    const execution = executionKey(query);
    const hasFailed = (this.#failed.get(execution)?.until ?? 0) > this.#now();
    const isHead = rows <= HEAD_ROWS;
    const isThere = existsSync(this.#fileOf(execution)) || (isHead && this.#hasHead(execution));
    if (!hasFailed && !this.#running.has(execution) && !isThere)
      this.#running.set(execution, this.#run(instance, execution, query, isHead));
    return execution;
  }

  async wait(execution: string, waitMs: number): Promise<ExecutionState> {
    const running = this.#running.get(execution);
    if (running) return await raceTimeout(running, waitMs);
    if (isExecution(execution) && existsSync(this.#fileOf(execution)))
      return { status: 'succeeded' };
    if (this.#hasHead(execution)) return { status: 'succeeded' };
    return this.#failed.get(execution)?.state ?? { status: 'unknown' };
  }

  async page(execution: string, limit: number, token = '0'): Promise<ResultPage> {
    const offset = Number(token);
    if (offset + limit > HEAD_ROWS) await this.#complete(execution);
    const whole = this.#fileOf(execution);
    const file = existsSync(whole) ? whole : this.#headOf(execution);
    await utimes(file, new Date(this.#now()), new Date(this.#now()));
    const connection = await (await this.#open()).connect();
    try {
      const { columns, rows } = await readResult(
        connection,
        `SELECT * FROM read_parquet(${textLiteral(file)}) LIMIT ${limit + 1} OFFSET ${offset}`,
      );
      if (rows.length <= limit) return { columns, rows };
      return { columns, rows: rows.slice(0, limit), next: String(offset + limit) };
    } finally {
      connection.closeSync();
    }
  }

  async csvObject(execution: string): Promise<ObjectLocation> {
    const { store, lakeBucket: bucket } = this.#options;
    const key = `${RESULTS_PREFIX}${execution}.csv`;
    await this.#complete(execution);
    if (!(await store.head(bucket, key))) {
      const ongoing = this.#exports.get(execution) ?? this.#export(execution, bucket, key);
      this.#exports.set(execution, ongoing);
      await ongoing.finally(() => this.#exports.delete(execution));
    }
    return { bucket, key };
  }

  /** Ends the engine; what still runs is abandoned. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running.values());
    (await this.#instance)?.closeSync();
    this.#instance = undefined;
  }

  #open(): Promise<DuckDBInstance> {
    this.#instance ??= this.#create();
    return this.#instance;
  }

  async #create(): Promise<DuckDBInstance> {
    const { resultFolder, memoryLimit = '1GB', threads = 2 } = this.#options;
    await mkdir(resultFolder, { recursive: true });
    return await DuckDBInstance.create(':memory:', {
      memory_limit: memoryLimit,
      threads: String(threads),
      temp_directory: join(resultFolder, 'spill'),
    });
  }

  /** Makes the rest of a result of which only the head is there; throws when that fails. */
  async #complete(execution: string): Promise<void> {
    const instance = await this.#open();
    while (!existsSync(this.#fileOf(execution))) {
      const query = this.#heads.get(execution);
      let ongoing = this.#running.get(execution);
      if (!ongoing && !query) return;
      ongoing ??= this.#run(instance, execution, query!);
      this.#running.set(execution, ongoing);
      const state = await ongoing;
      if (state.status === 'failed') throw new Error(`query failed: ${state.message}`);
    }
  }

  async #run(
    instance: DuckDBInstance,
    execution: string,
    query: Query,
    isHead = false,
  ): Promise<ExecutionState> {
    const partial = join(this.#options.resultFolder, `${execution}.${randomUUID()}.partial`);
    // A session may be compared with itself, and its rows are there once.
    const distinct = new Map(query.sessions.map((manifest) => [manifest.session, manifest]));
    const sessions = [...distinct.values()].map(({ session, files }) => ({
      session,
      files: files.map((file) => this.#options.fileOf(file.key)),
    }));
    const stats = query.stats?.map(({ key }) => this.#options.fileOf(key));
    const text = this.#overKept(query);
    try {
      await withSessions(
        instance,
        sessions,
        (connection) => copyResult(connection, isHead ? cutToHead(text) : text, partial, PARQUET),
        stats,
        text.sql,
      );
      await this.#keep(instance, execution, query, partial, isHead);
      this.#failed.delete(execution);
      return { status: 'succeeded' };
    } catch (error) {
      await rm(partial, { force: true });
      const state: ExecutionState = { status: 'failed', message: (error as Error).message };
      this.#failed.set(execution, { state, until: this.#now() + FAILURE_KEPT_MS });
      return state;
    } finally {
      this.#running.delete(execution);
    }
  }

  /** The same query over the rows that an earlier one left, when it is around that one. */
  #overKept(query: Query): Pick<Query, 'sql' | 'parameters'> {
    const { around, sessions, stats } = query;
    if (!around) return query;
    const kept = this.#fileOf(executionKey({ ...around.base, sessions, stats }));
    if (!existsSync(kept)) return query;
    const rows = `SELECT * FROM read_parquet(${textLiteral(kept)})`;
    return { sql: `${around.before}${rows}${around.after}`, parameters: around.parameters };
  }

  /** Gives a result its name; a head that turns out to be all of it is the whole result. */
  async #keep(
    instance: DuckDBInstance,
    execution: string,
    query: Query,
    partial: string,
    isHead: boolean,
  ): Promise<void> {
    if (isHead && (await countRows(instance, partial)) > HEAD_ROWS) {
      await rename(partial, this.#headOf(execution));
      this.#heads.set(execution, query);
      const [oldest] = this.#heads.keys();
      if (this.#heads.size > MAX_HEADS) this.#heads.delete(oldest!);
      return;
    }
    await rename(partial, this.#fileOf(execution));
    this.#heads.delete(execution);
  }

  #hasHead(execution: string): boolean {
    return this.#heads.has(execution) && existsSync(this.#headOf(execution));
  }

  async #export(execution: string, bucket: string, key: string): Promise<void> {
    const file = join(this.#options.resultFolder, `${execution}.${randomUUID()}.partial`);
    const connection = await (await this.#open()).connect();
    try {
      const sql = `SELECT * FROM read_parquet(${textLiteral(this.#fileOf(execution))})`;
      await copyResult(connection, { sql, parameters: [] }, file, csvOptions);
      await this.#options.store.writeStream(bucket, key, createReadStream(file), 'text/csv');
    } finally {
      connection.closeSync();
      await rm(file, { force: true });
    }
  }

  async #sweep(): Promise<void> {
    if (this.#now() - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = this.#now();
    await sweepFolder(this.#options.resultFolder, this.#now());
    await sweepObjects(this.#options.store, this.#options.lakeBucket, this.#now());
    for (const [execution, { until }] of this.#failed)
      if (until <= this.#now()) this.#failed.delete(execution);
  }

  #fileOf(execution: string): string {
    return join(this.#options.resultFolder, `${execution}.parquet`);
  }

  #headOf(execution: string): string {
    return join(this.#options.resultFolder, `${execution}.head.parquet`);
  }
}

/** The query, but no more of its rows than tell whether there are more than the head's. */
function cutToHead({ sql, parameters }: Pick<Query, 'sql' | 'parameters'>) {
  return { sql: `SELECT * FROM (\n${sql}\n) AS head LIMIT ${HEAD_ROWS + 1}`, parameters };
}

async function countRows(instance: DuckDBInstance, file: string): Promise<number> {
  const connection = await instance.connect();
  try {
    const sql = `SELECT COUNT(*) AS row_count FROM read_parquet(${textLiteral(file)})`;
    return Number((await readResult(connection, sql)).rows[0]![0]);
  } finally {
    connection.closeSync();
  }
}

function isExecution(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

async function raceTimeout(
  running: Promise<ExecutionState>,
  waitMs: number,
): Promise<ExecutionState> {
  const { promise, resolve } = Promise.withResolvers<ExecutionState>();
  const timer = setTimeout(() => resolve({ status: 'running' }), waitMs);
  try {
    return await Promise.race([running, promise]);
  } finally {
    clearTimeout(timer);
  }
}
