import { type ReadonlySignal, signal } from '@preact/signals';
import type { Row } from '../api/catalogue.ts';
import { toProblem } from '../api/query.ts';
import { askJson, type ProblemError } from '../api/service.ts';

interface Page {
  columns: { name: string; type: string }[];
  rows: Row[];
  next?: string;
}

/** Rows that a table shows, as far as they are here. */
export interface Rows {
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly isLoading: ReadonlySignal<boolean>;
  /** Whether there are no more rows than these. */
  readonly isWhole: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<ProblemError | undefined>;
  /** Why they take long. */
  readonly waits: ReadonlySignal<string | undefined>;
  /** Fetches the next rows unless they are on their way or there are none. */
  loadMore(): void;
}

const FIRST_ROWS = 500;
const MORE_ROWS = 2000;
/** The most that the service gives at once; whoever is that far down wants to get on. */
const MOST_ROWS = 10_000;
const MANY_ROWS = 10_000;

/** Rows of a report, fetched page by page as they are looked at. */
export class RowSource implements Rows {
  readonly rows = signal<readonly Row[]>([]);
  readonly isLoading = signal(true);
  readonly isWhole = signal(false);
  readonly problem = signal<ProblemError | undefined>(undefined);
  readonly waits = signal<string | undefined>(undefined);
  readonly #abort = new AbortController();
  #next: string | undefined;

  /** A plot needs all rows, of a table few are in sight at first. */
  constructor(path: string, isPlot = false) {
    this.#next = withLimit(path, isPlot ? MOST_ROWS : FIRST_ROWS);
    void this.#load();
  }

  loadMore(): void {
    if (!this.isLoading.value && !this.isWhole.value && !this.problem.value) void this.#load();
  }

  /** Stops whatever is on its way. */
  close(): void {
    this.#abort.abort();
  }

  async #load(): Promise<void> {
    if (this.#next === undefined) return;
    this.isLoading.value = true;
    try {
      const page = await askJson<Page>(this.#next, {
        signal: this.#abort.signal,
        onWait: (detail) => {
          this.waits.value = detail;
        },
      });
      // The first page comes fast, the others in larger pieces.
      this.rows.value =
        this.rows.value.length === 0 ? page.rows : this.rows.value.concat(page.rows);
      const limit = this.rows.value.length < MANY_ROWS ? MORE_ROWS : MOST_ROWS;
      this.#next = page.next === undefined ? undefined : withLimit(page.next, limit);
      this.isWhole.value = page.next === undefined;
    } catch (error) {
      if (!this.#abort.signal.aborted) this.problem.value = toProblem(error);
    } finally {
      this.isLoading.value = false;
      this.waits.value = undefined;
    }
  }
}

function withLimit(path: string, limit: number): string {
  const url = new URL(path, location.origin);
  url.searchParams.set('limit', String(limit));
  return `${url.pathname}${url.search}`;
}
