import { setTimeout as delay } from 'node:timers/promises';
import { sessionIdOf } from '../lib/lake/session-id.ts';
import type { Upload } from '../lib/lake/uploads.ts';

export interface IngestQueueOptions {
  /** Sessions ingested at one time. */
  concurrency: number;
  /** Times an upload is tried. */
  tries: number;
  /** Milliseconds before the second try; the third waits twice as long. */
  retryMs: number;
  /** Milliseconds an upload waits for more of its session before it is tried. */
  settleMs(upload: Upload): number;
  /** Tries an upload; false when it is worth another try. */
  run(upload: Upload, attempt: number): Promise<boolean>;
}

interface Job {
  upload: Upload;
  /** The session was uploaded to again while it was ingested. */
  isStale: boolean;
}

/**
 * SQS's part on one machine: uploads wait their turn, each session is ingested by one worker at a
 * time. Nothing is kept on disk: what was not done when the process ended shows in the manifests.
 */
export class IngestQueue {
  readonly #options: IngestQueueOptions;
  readonly #settling = new Map<string, NodeJS.Timeout>();
  readonly #waiting = new Map<string, Job>();
  readonly #running = new Map<string, Job>();
  #idle = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(options: IngestQueueOptions) {
    this.#options = options;
    this.#idle.resolve();
  }

  /** Has an upload ingested, soon and not more often than needed. */
  add(upload: Upload): void {
    if (this.#isClosed) return;
    if (this.#isIdle()) this.#idle = Promise.withResolvers();
    const session = sessionIdOf(upload.key);
    const settleMs = this.#options.settleMs(upload);
    clearTimeout(this.#settling.get(session));
    if (settleMs === 0) this.#enqueue(session, upload);
    else
      this.#settling.set(
        session,
        setTimeout(() => this.#enqueue(session, upload), settleMs),
      );
  }

  /** Resolves when nothing waits and nothing runs. */
  async idle(): Promise<void> {
    await this.#idle.promise;
  }

  /** Starts nothing any more. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#settling.values()) clearTimeout(timer);
    this.#settling.clear();
    this.#waiting.clear();
    this.#idle.resolve();
  }

  #isIdle(): boolean {
    return this.#running.size + this.#waiting.size + this.#settling.size === 0;
  }

  #enqueue(session: string, upload: Upload): void {
    this.#settling.delete(session);
    const running = this.#running.get(session);
    if (running) running.isStale = true;
    else this.#waiting.set(session, { upload, isStale: false });
    this.#startNext();
  }

  #startNext(): void {
    for (const [session, job] of this.#waiting) {
      if (this.#isClosed || this.#running.size >= this.#options.concurrency) return;
      this.#waiting.delete(session);
      this.#running.set(session, job);
      void this.#work(session, job);
    }
  }

  async #work(session: string, job: Job): Promise<void> {
    for (let attempt = 1; attempt <= this.#options.tries && !this.#isClosed; attempt++) {
      if (await this.#options.run(job.upload, attempt)) break;
      if (attempt < this.#options.tries) await delay(this.#options.retryMs * attempt);
    }
    this.#running.delete(session);
    if (job.isStale) this.#waiting.set(session, { upload: job.upload, isStale: false });
    this.#startNext();
    if (this.#isIdle()) this.#idle.resolve();
  }
}
