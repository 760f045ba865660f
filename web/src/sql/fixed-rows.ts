import { signal } from '@preact/signals';
import type { Row } from '../api/catalogue.ts';
import type { ProblemError } from '../api/service.ts';
import type { Rows } from '../table/row-source.ts';

/** Rows that are all here. */
export function fixedRows(rows: readonly Row[]): Rows {
  return {
    rows: signal(rows),
    isLoading: signal(false),
    isWhole: signal(true),
    problem: signal<ProblemError | undefined>(undefined),
    waits: signal<string | undefined>(undefined),
    loadMore: () => {},
  };
}
