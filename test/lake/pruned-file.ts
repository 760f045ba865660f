import { zstdCompressSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { CallBatch, callSchema } from '../../lib/lake/call-batch.ts';
import { ParquetFileWriter } from '../../lib/lake/parquet/file-writer.ts';
import { encodeRowGroup } from '../../lib/lake/parquet/row-group.ts';
import { LineReader } from '../../lib/strace/line-reader.ts';
import { LogParser } from '../../lib/strace/log-parser.ts';
import { TEST_DAY } from '../strace/parsed-log.ts';

/** Row groups of the file, and the only one that is not destroyed. */
export const GROUPS = 6;
const KEPT = 2;
const LINES = 400;

/** A file of which a reader can read the rows of one row group only: who reads those of another one fails. */
export function makePrunedFile(session = 's'): Buffer {
  const batch = new CallBatch(session);
  const parser = new LogParser(batch, TEST_DAY);
  const reader = new LineReader((bytes, start, end) => parser.readLine(bytes, start, end));
  const writer = new ParquetFileWriter(callSchema);
  const pieces: Uint8Array[] = [];
  for (let group = 0; group < GROUPS; group++) {
    reader.push(Buffer.from(makeLog(group)));
    const encoded = encodeRowGroup(batch.encode(), batch.rows, (bytes) => zstdCompressSync(bytes));
    pieces.push(...writer.addRowGroup(encoded));
    batch.clear();
  }
  pieces.push(...writer.finish());
  return destroy(Buffer.concat(pieces));
}

/** Overwrites the pages of all row groups but one, dictionaries left out. */
function destroy(file: Buffer): Buffer {
  for (const [group, { columns }] of parquetMetadata(
    new Uint8Array(file).buffer,
  ).row_groups.entries()) {
    for (const { meta_data } of group === KEPT ? [] : columns) {
      const { data_page_offset, dictionary_page_offset, total_compressed_size } = meta_data!;
      const end = (dictionary_page_offset ?? data_page_offset) + total_compressed_size;
      file.fill(0xff, Number(data_page_offset), Number(end));
    }
  }
  return file;
}

/** Calls of process 100 + `group`, which runs a program of its own and opens a file of its own. */
function makeLog(group: number): string {
  const pid = 100 + group;
  const seconds = 1_795_392_000 + group * 100;
  const line = (i: number, event: string) =>
    `${pid} ${seconds + Math.floor(i / 10)}.${i % 10}00000 ${event} <0.000${group}01>\n`;
  const calls = Array.from({ length: LINES - 4 }, (_, i) =>
    line(i + 4, `read(3</data/${group}>, "x", 1) = ${group * 1000 + i}`),
  );
  return [
    line(0, `execve("/bin/tool-${group}", ["a"], 0x1) = 0`),
    line(1, `openat(AT_FDCWD</>, "/data/${group}", O_RDONLY) = 3</data/${group}>`),
    // least and greatest path of every row group
    line(2, 'access("/", F_OK) = 0'),
    line(3, 'access("/zero", F_OK) = 0'),
    ...calls,
  ].join('');
}

/** A time within the row group that is whole, nanoseconds. */
export const wholeTime = (1_795_392_000n + BigInt(KEPT) * 100n) * 1_000_000_000n + 500_000_000n;

/** What is asked for, and how many rows have it: columns whose values lie together in a log. */
export const questions: [name: string, value: bigint | number | string, rows: number][] = [
  ['seq', BigInt(KEPT * LINES + 6), 1],
  ['time_ns', wholeTime, 1],
  ['pid', 100 + KEPT, LINES],
  ['executable', `/bin/tool-${KEPT}`, LINES],
];

/** Paths lie everywhere: of their range every row group has this one, only its dictionary tells. */
export const pathQuestion = { path: `/data/${KEPT}`, rows: LINES - 3 };
