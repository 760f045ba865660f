import { Worker } from 'node:worker_threads';
import type { ChunkJob, ChunkResult, WorkerOptions } from './chunk-protocol.ts';

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
  /** Why it ended, if it did. */
  failure?: Error;
}

/** Worker threads that parse chunks; a chunk goes to the one that has fewest. */
export class ChunkPool {
  /** Chunks that all threads together may hold. */
  readonly capacity: number;
  #places: Place[];

  /** Starts `size` threads. */
  constructor(size: number, options: WorkerOptions) {
    this.capacity = size * CHUNKS_PER_WORKER;
    this.#places = Array.from({ length: size }, () => startPlace(options));
  }

  /** Whether a thread takes one more chunk; throws what ended one. */
  get hasRoom(): boolean {
    for (const { failure } of this.#places) if (failure !== undefined) throw failure;
    return this.#places.some(({ jobs }) => jobs.length < CHUNKS_PER_WORKER);
  }

  /** Parses one chunk; its bytes are out of reach until the result hands them back. */
  parse(job: ChunkJob): Promise<ChunkResult> {
    const place = this.#places.reduce((a, b) => (b.jobs.length < a.jobs.length ? b : a));
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
  const worker = new Worker(workerFile(), { workerData: options });
  const place: Place = { worker, jobs: [] };
  // a thread answers in the order in which it was asked
  worker.on('message', (result: ChunkResult) => place.jobs.shift()?.resolve(result));
  worker.on('error', (error: Error) => {
    place.failure = error;
    for (const job of place.jobs.splice(0)) job.reject(error);
  });
  return place;
}

/** The file beside this one, in a bundle as well as in the sources. */
function workerFile(): URL {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  return new URL(`./chunk-worker${extension}`, import.meta.url);
}
