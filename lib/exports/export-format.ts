import type { SessionManifest } from '../lake/manifest.ts';
import { parseInstant } from '../reports/instants.ts';
import { encodeArrow } from './arrow.ts';
import { type CallSource, readCalls } from './call-reader.ts';
import type { CallRow } from './call-row.ts';
import { encodeCsv } from './csv.ts';
import { encodeFolded } from './folded.ts';
import { encodeNdjson } from './ndjson.ts';
import { joinParquet } from './parquet.ts';
import { encodePerfetto } from './perfetto.ts';
import { encodeSeccomp } from './seccomp.ts';

/** One way to take a session away as a file. */
export interface ExportFormat {
  name: string;
  description: string;
  contentType: string;
  /** End of the file's name. */
  extension: string;
  /** Why a session cannot be had in this format and how to record one that can; undefined if it can. */
  lack?(manifest: SessionManifest): string | undefined;
  /** Bytes of the file. */
  write(source: CallSource, manifest: SessionManifest): AsyncIterable<Uint8Array>;
}

const foldedColumns: (keyof CallRow)[] = [
  'kind',
  'pid',
  'process',
  'executable',
  'syscall',
  'path',
  'duration_ns',
  'stack',
];

/** Every format, by name. */
export const exportFormats: ReadonlyMap<string, ExportFormat> = new Map(
  (
    [
      {
        name: 'perfetto',
        description:
          'Chrome trace JSON, for ui.perfetto.dev: processes, threads, calls, forks, signals.',
        contentType: 'application/json',
        extension: 'perfetto.json',
        lack: ({ start_time }) =>
          start_time ? undefined : 'The log has no times; record it with strace -f -ttt -T.',
        write: (source, { start_time }) =>
          encodePerfetto(parseInstant(start_time!)!)(readCalls(source)),
      },
      {
        name: 'folded',
        description:
          'Folded stacks weighted by microseconds, for flame graphs (flamegraph.pl, speedscope).',
        contentType: 'text/plain; charset=utf-8',
        extension: 'folded',
        lack: ({ options }) =>
          options?.durations === false
            ? 'The log has no durations; record it with strace -f -T.'
            : undefined,
        write: (source) => encodeFolded(readCalls(source, foldedColumns)),
      },
      {
        name: 'ndjson',
        description: 'Every row with every column as JSON, one a line.',
        contentType: 'application/x-ndjson',
        extension: 'ndjson',
        write: (source) => encodeNdjson(readCalls(source)),
      },
      {
        name: 'csv',
        description: 'Every row with every column as CSV (RFC 4180).',
        contentType: 'text/csv; charset=utf-8',
        extension: 'csv',
        write: (source) => encodeCsv(readCalls(source)),
      },
      {
        name: 'parquet',
        description: 'Every row with every column as one Parquet file.',
        contentType: 'application/vnd.apache.parquet',
        extension: 'parquet',
        write: (source) => joinParquet(source),
      },
      {
        name: 'arrow',
        description: 'Every row with every column as an Arrow IPC file (Feather 2).',
        contentType: 'application/vnd.apache.arrow.file',
        extension: 'arrow',
        write: (source) => encodeArrow(readCalls(source)),
      },
      {
        name: 'seccomp',
        description: 'Seccomp profile (OCI JSON) that allows the system calls made, and no others.',
        contentType: 'application/json',
        extension: 'seccomp.json',
        write: (source) => encodeSeccomp(readCalls(source, ['kind', 'syscall'])),
      },
    ] satisfies ExportFormat[]
  ).map((format) => [format.name, format]),
);
