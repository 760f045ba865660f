// npm run bench -- [--stracepy CHECKOUT] [--plain] [--each] [--log FILE] [--megabytes 120] [--times 1]
// [--runs 3]
//
// Speed and memory of a log becoming Parquet, beside what else makes tables of it, in one run: of the
// recorded mix as one log (with --plain recorded without -y), with --each of its three logs as well, or of
// your own.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleConversion } from './bundle.ts';
import type { Cost } from './child/report-cost.ts';
import { type Contestant, listContestants, runOnce } from './contestants.ts';
import { joinMix, type RecordedLog, recordMix } from './recorded-mix.ts';

const MEGABYTE = 1_000_000;
const { values } = parseArgs({
  options: {
    stracepy: { type: 'string' },
    log: { type: 'string', multiple: true },
    each: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    megabytes: { type: 'string', default: '120' },
    times: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
  },
});
const cache = fileURLToPath(new URL('../.cache/bench', import.meta.url));
const logs = values.log?.map(describeLog) ?? makeLogs();
const folder = mkdtempSync(join(tmpdir(), 'stracelake-bench-'));
try {
  const contestants = listContestants(bundleConversion(join(folder, 'bundle')), values.stracepy);
  const costs = measure(contestants, logs, Number(values.runs));
  printTable(contestants, logs, costs);
} finally {
  rmSync(folder, { recursive: true });
}

/** Median costs of every contestant for every log; runs take turns, so that all meet the same weather. */
function measure(all: Contestant[], from: RecordedLog[], runs: number): Map<Contestant, Cost[]> {
  const measured = new Map(all.map((each) => [each, from.map((): Cost[] => [])]));
  for (let run = 0; run < runs; run++) {
    for (const [i, log] of from.entries()) {
      for (const each of all) {
        process.stderr.write(`run ${run + 1} of ${runs}: ${log.name}, ${each.name}            \r`);
        const out = join(folder, 'out');
        mkdirSync(out);
        measured.get(each)?.[i].push(runOnce(each, log.path, out));
        rmSync(out, { recursive: true });
      }
    }
  }
  return new Map([...measured].map(([each, costs]) => [each, costs.map(medianCost)]));
}

function medianCost(costs: Cost[]): Cost {
  const median = (key: keyof Cost) =>
    costs.map((cost) => cost[key]).sort((a, b) => a - b)[Math.floor(costs.length / 2)];
  return {
    cpuSeconds: median('cpuSeconds'),
    wallSeconds: median('wallSeconds'),
    peakBytes: median('peakBytes'),
    outputBytes: median('outputBytes'),
  };
}

/** A table for every log; ratios are of CPU time to that of the first contestant. */
function printTable(all: Contestant[], from: RecordedLog[], costs: Map<Contestant, Cost[]>): void {
  for (const [i, log] of from.entries()) {
    const megabytes = log.sizeBytes / MEGABYTE;
    const first = costs.get(all[0])?.[i].cpuSeconds ?? Number.NaN;
    const rows = all.map((each) => {
      const cost = (costs.get(each) as Cost[])[i];
      return [
        each.name,
        cost.cpuSeconds.toFixed(2),
        cost.wallSeconds.toFixed(2),
        (megabytes / cost.cpuSeconds).toFixed(1),
        (cost.cpuSeconds / first).toFixed(2),
        (cost.peakBytes / MEGABYTE).toFixed(0),
        (cost.outputBytes / MEGABYTE).toFixed(1),
      ];
    });
    const columns = ['CPU s', 'wall s', 'MB/s of CPU', 'ratio of CPU', 'peak MB', 'output MB'];
    const head = [`${log.name}, ${megabytes.toFixed(0)} MB`, ...columns];
    const lines = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows];
    console.log(`${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
  }
}

function makeLogs(): RecordedLog[] {
  const recorded = recordMix(cache, Number(values.megabytes) * MEGABYTE, values.plain);
  const mix = joinMix(cache, recorded, Number(values.times));
  return values.each ? [...recorded, mix] : [mix];
}

function describeLog(path: string): RecordedLog {
  return { name: path.split('/').at(-1) as string, path, sizeBytes: statSync(path).size };
}
