import { type ReadonlySignal, signal, useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { askJson, ProblemError } from './service.ts';

/** An answer on its way, here, or refused. */
export interface Answer<T> {
  value: T | undefined;
  error: ProblemError | undefined;
  isLoading: boolean;
  /** Why it takes long. */
  waits: string | undefined;
}

const none = { value: undefined, error: undefined, isLoading: false, waits: undefined };

/** Turns whatever was thrown into something to show. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(0, 'Something went wrong on this page', String(error));
}

/** The answer to a GET, asked anew when the path or the turn changes; the last one stays until the next is here. */
export function useAnswer<T>(path: string | undefined, turn = 0): ReadonlySignal<Answer<T>> {
  const answer = useSignal<Answer<T>>(none);
  useEffect(() => {
    if (path === undefined) {
      answer.value = none;
      return;
    }
    const abort = new AbortController();
    answer.value = { ...answer.value, error: undefined, isLoading: true };
    const onWait = (waits: string) => {
      answer.value = { ...answer.value, waits };
    };
    askJson<T>(path, { signal: abort.signal, onWait }).then(
      (value) => {
        answer.value = { ...none, value };
      },
      (error) => {
        if (!abort.signal.aborted) answer.value = { ...none, error: toProblem(error) };
      },
    );
    return () => abort.abort();
  }, [path, turn]);
  return useComputed(() => answer.value);
}

/** Counts up when what the service has may have changed. */
export const freshness = signal(0);
