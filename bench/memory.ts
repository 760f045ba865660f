// node bench/memory.ts [--megabytes 1000] [--threads 1]
//
// Peak memory while a log becomes Parquet; the log is made on the way, and never stored.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { bundleConversion } from './bundle.ts';
import type { Cost } from './child/report-cost.ts';

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '1' },
  },
});
const total = Number(values.megabytes) * 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'stracelake-bench-'));
try {
  const script = bundleConversion(join(folder, 'bundle'));
  const child = spawn(process.execPath, [script, '-', folder, values.threads], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const printed = text(child.stdout);
  await pipeline(Readable.from(makeLog(total)), child.stdin);
  const cost: Cost = JSON.parse(await printed);
  const [code] = await ended;
  if (code !== 0) throw new Error(`conversion failed with exit code ${code}`);
  console.log(
    `${values.megabytes} MB of log, ${values.threads} thread(s): peak ${Math.round(cost.peakBytes / 1e6)} MB, ` +
      `${cost.cpuSeconds.toFixed(1)} s CPU, ${Math.round(cost.outputBytes / 1e6)} MB of Parquet`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** A build that never ends: the real one, again and again, each time with new pids, files and times. */
function* makeLog(size: number): Generator<Buffer> {
  const log = readFileSync(new URL('../test/logs/gcc.log', import.meta.url), 'latin1');
  let made = 0;
  for (let round = 0; made < size; round++) {
    const hour = String(round % 24).padStart(2, '0');
    const piece = Buffer.from(
      log
        .replaceAll(/\b41(29|30|37|45|46)\b/g, (pid) =>
          String(Number(pid) + (round % 200_000) * 20),
        )
        .replaceAll(/^(\d+ +)09:/gm, `$1${hour}:`)
        .replaceAll('/tmp/build/', `/tmp/build-${round}/`),
      'latin1',
    );
    made += piece.length;
    yield piece;
  }
}
