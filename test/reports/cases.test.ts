import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConvertedLog, convertToFolder } from '../../cli/converted-log.ts';
import { bindParameters } from '../../lib/reports/parameters.ts';
import { queryFiles } from '../../local/duckdb-files.ts';
import {
  CASE_DATE,
  caseFolders,
  casesCatalogue,
  findCaseLog,
  otherFolders,
  printRows,
  reportCases,
} from './cases.ts';

/** Reports whose rows are held to the original's by original.test.ts. */
const originals = [
  'calls',
  'count_device_files',
  'count_errors',
  'count_files',
  'device_file_access',
  'file_access',
  'file_access_errors',
  'programs_executed',
  'summary',
];

it('every report and view has a case', () => {
  const names = [...new Set(reportCases.map(({ report }) => report.name)), ...originals, 'strace'];
  expect(names.sort()).toEqual([...casesCatalogue.keys()]);
});

describe.each(caseFolders)('%s', (name) => {
  const cases = reportCases.filter((each) => each.folder === name);
  const others = new Set(cases.flatMap(otherFolders));
  const logs = new Map<string, ConvertedLog>();
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stracelake-'));
    for (const each of [name, ...others]) {
      const target = join(folder, each);
      mkdirSync(target);
      logs.set(each, await convertToFolder(await findCaseLog(each), { date: CASE_DATE }, target));
    }
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('has a log all lines of which are read', () => {
    expect(logs.get(name)!.summary.unparsed).toEqual([]);
  });

  it.each(cases)('$name', async ({ report, parameters: given, expectedFile }) => {
    const manifest = { ...logs.get(name)!.manifest, session: name };
    const parameters = bindParameters(report, given, manifest);
    const sources = [...logs].map(([session, log]) => ({
      session,
      files: log.files.map(({ path }) => path),
    }));
    const { columns, rows } = await queryFiles(sources, { sql: report.sql, parameters });
    const declared = report.columns.map((column) => ({ name: column.name, type: column.type }));
    expect(columns).toEqual(declared);
    const names = columns.map((column) => column.name);
    const printed = printRows(names, rows);
    if (process.env.UPDATE) writeFileSync(expectedFile, printed);
    expect(printed).toBe(readFileSync(expectedFile, 'utf8'));
  });
});
