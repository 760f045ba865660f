import { Worker } from 'node:worker_threads';
import type { ChunkJob, ChunkResult, WorkerOptions } from './chunk-worker.ts';

/** Chunks at one thread: one that it parses, one that waits so that it need not. */
const CHUNKS_PER_WORKER = 2;

interface Job {
  resolve: (result: ChunkResult) => void;
  reject: (error: Error) => void;
}

/** A thread with the chunks it was given, oldest first. */
interface Place {
  worker: Worker;
  jobs: Job[];
}

/** Worker threads that parse chunks; a chunk goes to the one that has fewest. */
export class ChunkPool {
  /** Chunks that all threads together may hold. */
  readonly capacity: number;
  #places: Place[];

  constructor(size: number, options: WorkerOptions) {
    this.capacity = size * CHUNKS_PER_WORKER;
    this.#places = Array.from({ length: size }, () => startPlace(options));
  }

  /** Whether a thread takes one more chunk. */
  get hasRoom(): boolean {
    return this.#places.some(({ jobs }) => jobs.length < CHUNKS_PER_WORKER);
  }

  /** Parses one chunk; its bytes are out of reach until the result hands them back. */
  parse(job: ChunkJob): Promise<ChunkResult> {
    const [first, ...others] = this.#places;
    const place = others.reduce((a, b) => (b.jobs.length < a.jobs.length ? b : a), first);
    return new Promise((resolve, reject) => {
      place.jobs.push({ resolve, reject });
      place.worker.postMessage(job, [job.chunk.bytes.buffer as ArrayBuffer]);
    });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#places.map(({ worker }) => worker.terminate()));
  }
}

function startPlace(options: WorkerOptions): Place {
  const worker = new Worker(new URL('./chunk-worker.ts', import.meta.url), {
    workerData: options,
  });
  const jobs: Job[] = [];
  // a thread answers in the order in which it was asked
  worker.on('message', (result: ChunkResult) => jobs.shift()?.resolve(result));
  worker.on('error', (error) => {
    for (const { reject } of jobs.splice(0)) reject(error as Error);
  });
  return { worker, jobs };
}
