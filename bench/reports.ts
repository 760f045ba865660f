// npm run bench:reports -- [--calls 10000000] [--runs 3] [--report NAME] [--stracepy CHECKOUT] [--python python3]
//
// Seconds until each report has answered, and of the processor, on the engine of the embedded stack: the first 1000 rows of a
// session of ten million calls. With --stracepy also the reports of the original's analyzer on a smaller
// log, the reading of its CSV included, beside the same reports here.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type ConvertedLog, convertToFolder } from '../cli/converted-log.ts';
import { findLog } from '../cli/log-input.ts';
import type { SessionManifest } from '../lib/lake/manifest.ts';
import { loadReports } from '../lib/reports/catalogue.ts';
import { bindParameters, filtersOf } from '../lib/reports/parameters.ts';
import { isTrend, type Report } from '../lib/reports/report.ts';
import { DuckDbEngine } from '../local/duckdb-engine.ts';
import { MemoryStore } from '../test/reports/memory-store.ts';
import { makeSession } from './long-session.ts';
import { recordMix } from './recorded-mix.ts';

/** What an answer took. */
interface Cost {
  seconds: number;
  cpuSeconds: number;
}

const ROWS = 1000;
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000000' },
    runs: { type: 'string', default: '3' },
    report: { type: 'string', multiple: true },
    stracepy: { type: 'string' },
    python: { type: 'string', default: 'python3' },
  },
});
/** Reports of the original's analyzer. */
const originalReports = [
  'summary',
  'programs_executed',
  'count_errors',
  'count_files',
  'count_device_files',
  'file_access',
  'file_access_errors',
  'device_file_access',
];
const cache = fileURLToPath(new URL('../.cache/bench', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'stracelake-bench-'));
try {
  if (values.stracepy === undefined) await timeReports();
  else await compareWithOriginal(values.stracepy);
} finally {
  rmSync(temporary, { recursive: true });
}

async function timeReports(): Promise<void> {
  const folder = join(cache, `session-${values.calls}`);
  const session = await makeSession(folder, Number(values.calls));
  const reports = loadReports()
    .filter((report) => !isTrend(report))
    .filter(({ name }) => values.report?.includes(name) ?? true);
  console.log(`${session.calls} calls, ${session.rows} rows\n`);
  const rows: { name: string; cost: Cost }[] = [];
  for (const report of reports) {
    const cost = await medianCost(report, session, folder);
    process.stderr.write(`${report.name}: ${cost.seconds.toFixed(2)} s\n`);
    rows.push({ name: report.name, cost });
  }
  printTable(
    ['report', 'seconds', 'CPU seconds'],
    rows
      .sort((a, b) => b.cost.seconds - a.cost.seconds)
      .map(({ name, cost }) => [name, cost.seconds.toFixed(2), cost.cpuSeconds.toFixed(2)]),
  );
}

/** Median over runs, each with an engine that has no results yet. */
async function medianCost(report: Report, session: SessionManifest, folder: string): Promise<Cost> {
  const costs: Cost[] = [];
  for (let run = 0; run < Number(values.runs); run++)
    costs.push(await costOf(report, session, folder));
  return costs.sort((a, b) => a.seconds - b.seconds)[Math.floor(costs.length / 2)]!;
}

async function costOf(report: Report, session: SessionManifest, folder: string): Promise<Cost> {
  const resultFolder = mkdtempSync(join(temporary, 'results-'));
  const engine = new DuckDbEngine({
    resultFolder,
    fileOf: (key) => resolve(folder, key),
    store: new MemoryStore(),
    lakeBucket: 'lake',
  });
  try {
    const parameters = bindParameters(report, requiredOf(report, session), session);
    const start = performance.now();
    const before = process.cpuUsage();
    const execution = await engine.start(
      { sql: report.sql, parameters, sessions: [session] },
      ROWS,
    );
    const state = await engine.wait(execution, 600_000);
    if (state.status !== 'succeeded') throw new Error(`${report.name}: ${JSON.stringify(state)}`);
    await engine.page(execution, ROWS);
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
  } finally {
    await engine.close();
    rmSync(resultFolder, { recursive: true });
  }
}

/** Sessions to compare with are the session itself; other values that must be given are its first process. */
function requiredOf(report: Report, { session }: SessionManifest): Map<string, string> {
  const required = filtersOf(report).filter((parameter) => parameter.default === undefined);
  const valueFor = (type: string) => (type === 'session' ? session : '1');
  return new Map(required.map(({ name, type }) => [name, valueFor(type)]));
}

async function compareWithOriginal(checkout: string): Promise<void> {
  const [{ path: log, sizeBytes }] = recordMix(cache, 120_000_000);
  const csv = join(temporary, 'stracepy.csv');
  const python = (...words: string[]) =>
    execFileSync(values.python, words, {
      stdio: 'ignore',
      env: { ...process.env, PYTHONPATH: checkout },
    });
  python(fileURLToPath(new URL('child/stracepy.py', import.meta.url)), checkout, log, temporary);
  const folder = join(temporary, 'parquet');
  mkdirSync(folder);
  const converted = await convertToFolder((await findLog(log))!, {}, folder);
  const session = sessionOf(converted);
  const reports = new Map(loadReports().map((report) => [report.name, report]));
  const lines = readFileSync(csv, 'latin1').split('\n').length - 2;
  console.log(`${(sizeBytes / 1e6).toFixed(0)} MB of log, ${lines} rows in the original's CSV\n`);
  const rows: string[][] = [];
  for (const name of originalReports) {
    const start = performance.now();
    python(join(checkout, 'stracepy', 'strace_analyzer.py'), csv, name);
    const theirs = (performance.now() - start) / 1000;
    const ours = (await medianCost(reports.get(name)!, session, '')).seconds;
    rows.push([name, theirs.toFixed(2), ours.toFixed(3), `${(theirs / ours).toFixed(0)}`]);
  }
  printTable(['report', 'stracepy, s', 'stracelake, s', 'times faster'], rows);
}

function sessionOf({ manifest, files }: ConvertedLog): SessionManifest {
  return { ...manifest, files: files.map(({ path }) => ({ key: path, rows: 0, size_bytes: 0 })) };
}

function printTable(head: string[], rows: string[][]): void {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  console.log([head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
}
