import { Worker } from 'node:worker_threads';
import type { SQSEvent } from 'aws-lambda';
import type { IngestReport, IngestWorkerData } from './ingest-worker.ts';

/** Lambda's part on one machine: threads that run the ingest handler, one event at a time each. */
export class IngestWorkers {
  readonly #data: IngestWorkerData;
  readonly #free: Worker[] = [];
  readonly #all = new Set<Worker>();

  constructor(data: IngestWorkerData) {
    this.#data = data;
  }

  /** Runs the handler on an event in a free thread, or a new one; rejects when the thread dies. */
  async run(event: SQSEvent): Promise<IngestReport> {
    const worker = this.#free.pop() ?? this.#start();
    try {
      const report = await this.#ask(worker, event);
      this.#free.push(worker);
      return report;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  /** Ends all threads at once, whatever they do. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const worker = new Worker(new URL('./ingest-worker.ts', import.meta.url), {
      workerData: this.#data,
    });
    this.#all.add(worker);
    // What an event died of is told where it waits; a thread may also die between two events.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      this.#all.delete(worker);
      if (this.#free.includes(worker)) this.#free.splice(this.#free.indexOf(worker), 1);
    });
    return worker;
  }

  #ask(worker: Worker, event: SQSEvent): Promise<IngestReport> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error('ingest worker ended before it was done'));
      worker.once('message', (report) => {
        worker.off('exit', onExit);
        worker.off('error', reject);
        resolve(report);
      });
      worker.once('error', reject);
      worker.once('exit', onExit);
      worker.postMessage(event);
    });
  }
}
