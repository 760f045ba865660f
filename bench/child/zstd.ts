// child/zstd.ts LOG FOLDER: the bytes through zstd -1 and nothing else, as a measure of the machine
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { reportCost } from './report-cost.ts';

const [log, folder] = process.argv.slice(2);
const out = join(folder, 'log.zst');
await pipeline(
  createReadStream(log, { highWaterMark: 1 << 20 }),
  createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  createWriteStream(out),
);
reportCost(statSync(out).size);
