import { createReadStream, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertLog } from '../../lib/lake/convert-log.ts';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { createCatalogue, loadReports } from '../../lib/reports/catalogue.ts';
import { bindParameters } from '../../lib/reports/parameters.ts';
import { renderTable } from '../../lib/reports/render/table.ts';
import { renderText } from '../../lib/reports/render/text.ts';
import { exportCsv, queryFiles } from '../../local/duckdb-files.ts';
import { type CsvRow, differences, droppedRows } from './differences.ts';
import { originalReports, sortCounts } from './original-reports.ts';
import { parsePrinted } from './printed-report.ts';

const reference = (file: string) =>
  readFileSync(new URL(`./reference/${file}`, import.meta.url), 'utf8');
const catalogue = createCatalogue(loadReports());
const files: string[] = [];
const theirs = parseCsv(reference('gcc.csv'));
let ours: CsvRow[];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stracelake-'));
  const log = createReadStream(new URL('../logs/gcc.log', import.meta.url));
  for await (const part of convertLog(log, { session: 'gcc', date: '2026-11-23' })) {
    files.push(join(folder, `${part.index}.parquet`));
    await writeFile(files.at(-1)!, part.body);
  }
  await exportCsv({ session: 'gcc', files }, queryOf('calls'), join(folder, 'gcc.csv'));
  ours = parseCsv(await readFile(join(folder, 'gcc.csv'), 'utf8'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('calls of a compiler run', () => {
  it('are those of the original but for the differences that are meant', () => {
    const used = new Set<string>();
    const unexplained: unknown[] = [];
    for (const [their, our] of pairRows(theirs, ours)) {
      if (!their) {
        if (droppedRows.explains(our)) used.add(droppedRows.name);
        else unexplained.push(our);
        continue;
      }
      for (const column of Object.keys(their).filter((name) => their[name] !== our[name])) {
        const rule = differences.find((each) => each.explains(column, their, our));
        if (rule) used.add(rule.name);
        else unexplained.push({ column, their, our });
      }
    }
    expect(unexplained).toEqual([]);
    expect([...used].sort()).toEqual([...differences, droppedRows].map((rule) => rule.name).sort());
  });
});

it('every difference that is meant is told to the reader', () => {
  const page = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8');
  const told = [...page.matchAll(/^- \*\*([a-z-]+)\*\*/gm)].map((match) => match[1]);
  expect(told.sort()).toEqual([...differences, droppedRows].map((rule) => rule.name).sort());
});

describe.each(Object.keys(originalReports))('%s', (name) => {
  it('is made of the calls as the original makes it', async () => {
    const table = originalReports[name]!(ours);
    const { columns, rows } = await queryFiles({ session: 'gcc', files }, queryOf(name));
    expect(columns.map((column) => column.name)).toEqual(table.columns);
    expect(rows.map((row) => row.map(String))).toEqual(table.rows);
  });
});

it.each(['programs_executed', 'count_errors', 'count_files', 'file_access_errors'])(
  'what the original makes of its own calls is what it printed: %s',
  (name) => {
    const [section] = parsePrinted(reference(`gcc.${name}.txt`));
    const table = originalReports[name]!(theirs);
    const printed = name.startsWith('count_') ? sortCounts(section!.rows) : section!.rows;
    expect(section!.columns).toEqual(table.columns);
    expect(printed).toEqual(table.rows);
  },
);

it('summary prints programs_executed and then count_errors', async () => {
  const { columns, rows } = await queryFiles({ session: 'gcc', files }, queryOf('summary'));
  const names = columns.map((column) => column.name);
  const text = renderText(catalogue, catalogue.get('summary')!, names, rows);
  const expected = ['programs_executed', 'count_errors'].map((name) => {
    const table = originalReports[name]!(ours);
    const title = catalogue.get(name)!.title;
    return `\n\n${title}:\n\n${renderTable(table.columns, table.rows)}\n\n`;
  });
  expect(text).toBe(expected.join(''));
});

function queryOf(name: string) {
  const report = catalogue.get(name)!;
  const session = { session: 'gcc' } as SessionManifest;
  return { sql: report.sql, parameters: bindParameters(report, new Map(), session) };
}

/** Rows that belong together, in order; a row of ours that the original has not stands alone. */
function pairRows(theirRows: CsvRow[], ourRows: CsvRow[]): [CsvRow | undefined, CsvRow][] {
  let next = 0;
  const pairs = ourRows.map((our): [CsvRow | undefined, CsvRow] => {
    const their = theirRows[next];
    if (their?.pid !== our.pid || their.syscall !== our.syscall) return [undefined, our];
    next++;
    return [their, our];
  });
  expect(next).toBe(theirRows.length);
  return pairs;
}

function parseCsv(text: string): CsvRow[] {
  const [header, ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('","')
        .map((field) => field.replaceAll('""', '"')),
    );
  return rows.map((row) => Object.fromEntries(row.map((field, i) => [header![i]!, field])));
}
