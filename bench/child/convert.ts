// child/convert.ts LOG|- FOLDER THREADS: a log to Parquet files, as the ingest does it
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readAhead } from '../../cli/read-ahead.ts';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { reportCost } from './report-cost.ts';

const [log, folder, threads] = process.argv.slice(2);
const input = log === '-' ? process.stdin : readAhead(log);
const options = {
  session: 'bench',
  date: '2026-01-01',
  threads: Number(threads),
  ownsPieces: true,
};
let size = 0;
for await (const part of convertLog(input, options)) {
  await pipeline(part.body, createWriteStream(join(folder, `part-${part.index}.parquet`)));
  size += part.sizeBytes;
}
reportCost(size);
