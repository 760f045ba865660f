import { Worker } from 'node:worker_threads';
import type { ChunkJob, ChunkResult, WorkerOptions } from './chunk-worker.ts';

interface Job {
  job: ChunkJob;
  resolve: (result: ChunkResult) => void;
  reject: (error: Error) => void;
}

/** Worker threads that parse chunks; a chunk goes to whichever is free. */
export class ChunkPool {
  #idle: Worker[] = [];
  #workers: Worker[];
  #waiting: Job[] = [];
  #running = new Map<Worker, Job>();

  constructor(size: number, options: WorkerOptions) {
    this.#workers = Array.from({ length: size }, () => this.#start(options));
    this.#idle.push(...this.#workers);
  }

  /** Parses one chunk; its bytes are out of reach until the result hands them back. */
  parse(job: ChunkJob): Promise<ChunkResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#assign();
    });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(options: WorkerOptions): Worker {
    const worker = new Worker(new URL('./chunk-worker.ts', import.meta.url), {
      workerData: options,
    });
    worker.on('message', (result: ChunkResult) => {
      this.#running.get(worker)?.resolve(result);
      this.#running.delete(worker);
      this.#idle.push(worker);
      this.#assign();
    });
    worker.on('error', (error) => {
      this.#running.get(worker)?.reject(error as Error);
      for (const { reject } of this.#waiting.splice(0)) reject(error as Error);
    });
    return worker;
  }

  #assign(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const worker = this.#idle.pop() as Worker;
      const next = this.#waiting.shift() as Job;
      this.#running.set(worker, next);
      worker.postMessage(next.job, [next.job.chunk.bytes.buffer as ArrayBuffer]);
    }
  }
}
