import { createHash } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { callColumns } from '../../lib/lake/columns.ts';
import type { SessionManifest } from '../../lib/lake/manifest.ts';

/** One row of `calls`; what is not given is NULL. */
export interface CallRow {
  session?: string;
  seq: number;
  kind?: 'call' | 'signal' | 'exit';
  time_ns?: bigint | null;
  end_ns?: bigint | null;
  duration_ns?: number | null;
  pid?: number | null;
  process?: number | null;
  executable?: string | null;
  comm?: string | null;
  syscall?: string | null;
  path?: string | null;
  paths?: string[];
  args?: string | null;
  ret?: number | bigint | null;
  ret_text?: string | null;
  error?: string | null;
  error_text?: string | null;
  signal?: string | null;
}

/** Nanoseconds since the epoch of a time of day on 2026-11-23, such as `09:23:46.107746`. */
function at(time: string): bigint {
  const [seconds, fraction = ''] = time.split('.');
  return (
    BigInt(Date.parse(`2026-11-23T${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
  );
}

/** Rows that between them hold every form the reports tell apart; `session` is left to the writer. */
export const sampleRows: readonly CallRow[] = [
  {
    seq: 1,
    time_ns: at('09:00:00.000001'),
    duration_ns: 2871000,
    pid: 100,
    executable: '/usr/bin/make',
    syscall: 'execve',
    path: '/usr/bin/make',
    paths: ['/usr/bin/make'],
    ret: 0,
  },
  {
    seq: 2,
    time_ns: at('09:00:00.000900'),
    duration_ns: 8999,
    pid: 100,
    executable: '/usr/bin/make',
    syscall: 'brk',
    ret: 0x17c36000,
    ret_text: '0x17c36000',
  },
  {
    seq: 3,
    time_ns: at('09:00:00.001000'),
    duration_ns: 10000,
    pid: 100,
    executable: '/usr/bin/make',
    syscall: 'access',
    path: '/etc/ld.so.preload',
    paths: ['/etc/ld.so.preload'],
    ret: -1,
    ret_text: 'ENOENT (No such file or directory)',
    error: 'ENOENT',
  },
  {
    seq: 4,
    time_ns: at('09:00:00.002000'),
    duration_ns: 12000,
    pid: 100,
    executable: '/usr/bin/make',
    syscall: 'openat',
    path: '/work/a.c',
    paths: ['/work', '/work/a.c'],
    ret: 3,
    ret_text: '</work/a.c>',
  },
  {
    seq: 6,
    time_ns: at('09:00:00.001500'),
    duration_ns: 5_000_000_000,
    pid: 100,
    executable: '/usr/bin/make',
    syscall: 'read',
    path: '/work/a.c',
    paths: ['/work/a.c'],
    ret: 5,
  },
  {
    seq: 7,
    kind: 'signal',
    time_ns: at('09:00:00.003000'),
    pid: 100,
    executable: '/usr/bin/make',
    signal: 'SIGCHLD',
  },
  {
    seq: 8,
    time_ns: at('09:00:01.000000'),
    duration_ns: 1000,
    pid: 101,
    syscall: 'execve',
    path: "/opt/it's/cc",
    paths: ["/opt/it's/cc", '/tmp/a "b"'],
    ret: -1,
    ret_text: 'ENOENT (No such file or directory)',
    error: 'ENOENT',
  },
  {
    seq: 9,
    time_ns: at('09:00:01.500000'),
    duration_ns: 1000,
    pid: 101,
    executable: '/usr/bin/cc',
    syscall: 'execve',
    path: '/usr/bin/cc',
    paths: ['/usr/bin/cc'],
    ret: 0,
  },
  {
    seq: 10,
    time_ns: at('09:00:02.000000'),
    duration_ns: 30000,
    pid: 101,
    executable: '/usr/bin/cc',
    syscall: 'openat',
    path: '/dev/null',
    paths: ['/dev/null'],
    ret: 4,
    ret_text: '</dev/null<char 1:3>>',
  },
  {
    seq: 11,
    time_ns: at('09:00:02.100000'),
    duration_ns: 30000,
    pid: 101,
    executable: '/usr/bin/cc',
    syscall: 'ioctl',
    path: '/dev/null',
    paths: ['/dev/null'],
    ret: -1,
    ret_text: 'ENOTTY (Inappropriate ioctl for device)',
    error: 'ENOTTY',
  },
  {
    seq: 12,
    time_ns: at('09:00:02.200000'),
    duration_ns: 30000,
    pid: 101,
    executable: '/usr/bin/cc',
    syscall: 'openat',
    path: '/sys/class/gpio/export',
    paths: ['/sys/class/gpio/export'],
    ret: -1,
    ret_text: 'ENOENT (No such file or directory)',
    error: 'ENOENT',
  },
  {
    seq: 13,
    time_ns: at('09:00:02.300000'),
    duration_ns: 30000,
    pid: 101,
    executable: '/usr/bin/cc',
    syscall: 'openat',
    path: '/work/back\\slash',
    paths: ['/work/back\\slash'],
    ret: -1,
    ret_text: 'EACCES (Permission denied)',
    error: 'EACCES',
  },
  {
    seq: 14,
    time_ns: null,
    pid: null,
    syscall: 'stat',
    path: '/no/time',
    paths: ['/no/time'],
    ret: 0,
  },
  {
    seq: 15,
    time_ns: at('09:00:03.000000'),
    pid: 100,
    executable: '/usr/bin/make',
    syscall: 'exit_group',
    ret: null,
  },
  {
    seq: 16,
    kind: 'exit',
    time_ns: at('09:00:03.000001'),
    pid: 100,
    executable: '/usr/bin/make',
    ret: 0,
  },
];

/** Writes rows as one Parquet file with the columns of the lake, by DuckDB. */
export async function writeParquet(file: string, session: string, rows: readonly CallRow[]) {
  const text = rows.map((row) =>
    JSON.stringify({ kind: 'call', paths: [], ...row, session }, digits),
  );
  const source = `${file}.ndjson`;
  await writeFile(source, text.join('\n'));
  const types = {
    string: 'VARCHAR',
    int: 'INTEGER',
    bigint: 'BIGINT',
    'array<string>': 'VARCHAR[]',
  };
  const columns = callColumns.map((column) => `${column.name}: '${types[column.type]}'`).join(', ');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT * FROM read_json('${source}', format = 'newline_delimited', columns = {${columns}}))
     TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  connection.closeSync();
  instance.closeSync();
  await rm(source);
}

function digits(_name: string, value: unknown) {
  return typeof value === 'bigint' ? String(value) : value;
}

/** A ready manifest over Parquet files that lie under their keys' last name. */
export async function manifestOf(
  session: string,
  files: { key: string; path: string; rows: number }[],
  change: Partial<SessionManifest> = {},
): Promise<SessionManifest> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file.path)).size));
  return {
    version: 1,
    session,
    status: 'ready',
    generation: createHash('sha256').update(session).digest('hex').slice(0, 8),
    sources: [],
    labels: {},
    started_at: '2026-11-23T09:10:00.000Z',
    finished_at: '2026-11-23T09:10:01.000Z',
    date_from: 'upload',
    files: files.map((file, i) => ({ key: file.key, rows: file.rows, size_bytes: sizes[i]! })),
    failure: null,
    start_time: '2026-11-23T09:00:00.000001000Z',
    end_time: '2026-11-23T09:00:03.000001000Z',
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    ...change,
  };
}
