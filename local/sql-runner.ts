import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineBusyError } from '../lib/reports/errors.ts';
import type { SqlFailure, SqlJob, SqlOutcome } from './sql-job.ts';

const PROCESS_FILE = new URL('./sql-process.ts', import.meta.url);
/** Queries that may wait, for each that may run. */
const QUEUE_FACTOR = 4;

/** What one query is, and what it may read. */
export type SqlTask = Pick<
  SqlJob,
  'sql' | 'sessions' | 'stats' | 'manifests' | 'maxRows' | 'maxBytes'
>;

/** Limits of ad hoc queries. */
export interface SqlLimits {
  /** Seconds a query may take; 30 by default. */
  seconds?: number;
  /** Megabytes the query engine may take; 512 by default. The process may take 256 more. */
  megabytes?: number;
  /** Queries at once; 2 by default. */
  atOnce?: number;
}

const PROCESS_MB = 256;

/** Runs ad hoc queries, each in a process of its own that is stopped at its limits. */
export class SqlRunner {
  readonly #limits: Required<SqlLimits>;
  readonly #processes = new Set<ChildProcess>();
  readonly #waiting: (() => void)[] = [];
  /** Started before it is needed, so that the next query need not wait for it. */
  #spare?: ChildProcess;
  #running = 0;
  #isClosed = false;

  constructor(limits: SqlLimits = {}) {
    this.#limits = { seconds: 30, megabytes: 512, atOnce: 2, ...limits };
  }

  /** Runs a query; throws EngineBusyError when too many wait already. */
  async run(task: SqlTask): Promise<SqlOutcome> {
    await this.#takeTurn();
    const folder = await mkdtemp(join(tmpdir(), 'stracelake-sql-'));
    try {
      return await this.#runProcess({ ...task, folder, engineMb: this.#limits.megabytes });
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Stops what runs. */
  close(): void {
    this.#isClosed = true;
    for (const child of this.#processes) child.kill('SIGKILL');
  }

  async #takeTurn(): Promise<void> {
    const { atOnce } = this.#limits;
    while (this.#running >= atOnce) {
      if (this.#waiting.length >= QUEUE_FACTOR * atOnce)
        throw new EngineBusyError('too many ad hoc queries wait for their turn');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
  }

  async #runProcess(job: SqlJob): Promise<SqlOutcome> {
    const child = this.#spare ?? this.#fork();
    this.#spare = undefined;
    let outcome: SqlOutcome | undefined;
    let isLate = false;
    child.once('message', (message) => {
      outcome = message as SqlOutcome;
    });
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, this.#limits.seconds * 1000);
    try {
      child.ref();
      const ended = once(child, 'exit');
      child.send(job, () => {});
      const [code] = await ended;
      return outcome ?? { failure: this.#explain(isLate, code) };
    } finally {
      clearTimeout(timer);
      if (!this.#isClosed) this.#spare ??= this.#fork();
    }
  }

  #fork(): ChildProcess {
    // Neither the environment with its keys, nor a way to write to a terminal.
    const child = fork(PROCESS_FILE, [String(this.#limits.megabytes + PROCESS_MB)], {
      env: { TZ: 'UTC' },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#processes.add(child);
    child.once('exit', () => {
      this.#processes.delete(child);
      if (this.#spare === child) this.#spare = undefined;
    });
    child.unref();
    child.channel?.unref();
    return child;
  }

  #explain(isLate: boolean, code: number | null): SqlFailure {
    const { seconds, megabytes } = this.#limits;
    if (isLate) return { kind: 'limit', message: `The query took longer than ${seconds} seconds.` };
    // Killed: by its own watch, or by the system when memory runs out.
    if (code === null)
      return {
        kind: 'limit',
        message: `The query took more than ${megabytes + PROCESS_MB} MB of memory.`,
      };
    return { kind: 'broken', message: `the process of a query ended with code ${code}` };
  }
}
