import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Row } from '../api/catalogue.ts';
import { askJson } from '../api/service.ts';
import type { Session } from '../api/types.generated.ts';
import { instantNs } from '../format.ts';

/** A program that a process executed. */
export interface Exec {
  /** Nanoseconds since the session began. */
  at: number;
  path: string;
  seq: number;
}

/** Programs by process, in the order of time. */
export type ExecChains = ReadonlyMap<number, readonly Exec[]>;

const MOST = 10_000;

/** What each process of a session executed with success; empty until it is here, and without times. */
export function useExecChains(session: Session): ExecChains {
  const chains = useSignal<ExecChains>(new Map());
  const { session: id, start_time: start } = session;
  useEffect(() => {
    if (!start) return;
    const abort = new AbortController();
    const query = new URLSearchParams({
      syscall: 'execve,execveat',
      columns: 'seq,time_ns,process,path',
      where: JSON.stringify([['error', 'is', null]]),
      limit: String(MOST),
    });
    askJson<{ rows: Row[] }>(`/sessions/${encodeURIComponent(id)}/reports/search?${query}`, {
      signal: abort.signal,
    }).then(
      ({ rows }) => {
        chains.value = groupByProcess(rows, instantNs(start));
      },
      // The bars tell when processes ran without them.
      () => {},
    );
    return () => abort.abort();
  }, [id, start]);
  return chains.value;
}

function groupByProcess(rows: readonly Row[], base: bigint): ExecChains {
  const chains = new Map<number, Exec[]>();
  for (const { process, time_ns: time, path, seq } of rows) {
    if (typeof process !== 'number' || time === null || typeof path !== 'string') continue;
    const exec = { at: Number(BigInt(time as string) - base), path, seq: Number(seq) };
    chains.set(process, [...(chains.get(process) ?? []), exec]);
  }
  return chains;
}

/** The programs of a chain: `/bin/sh → /usr/bin/make`. */
export function printChain(chain: readonly Exec[]): string {
  return chain.map(({ path }) => path).join(' → ');
}
