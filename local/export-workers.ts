import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ExportJob } from '../lib/exports/make-export.ts';
import type { ExportWorkerData } from './export-worker.ts';

/** Lambda's part for exports on one machine: makes one after another, each in a thread of its own. */
export class ExportWorkers {
  readonly #data: Omit<ExportWorkerData, 'job'>;
  readonly #onError: ((message: string) => void) | undefined;
  #last: Promise<void> = Promise.resolve();
  #worker?: Worker;
  #isClosed = false;

  constructor(data: Omit<ExportWorkerData, 'job'>, onError?: (message: string) => void) {
    this.#data = data;
    this.#onError = onError;
  }

  /** Has an export made when its turn comes; does not wait for it. */
  start(job: ExportJob): void {
    this.#last = this.#last.then(() => this.#run(job));
  }

  /** Ends what runs, and begins nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
    await this.#last;
  }

  async #run(job: ExportJob): Promise<void> {
    if (this.#isClosed) return;
    const workerData: ExportWorkerData = { ...this.#data, job };
    this.#worker = new Worker(new URL('./export-worker.ts', import.meta.url), { workerData });
    try {
      await once(this.#worker, 'exit');
    } catch (error) {
      if (!this.#isClosed) this.#onError?.(`export ${job.format} of ${job.session}: ${error}`);
    }
  }
}
