import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convertToFolder } from '../../cli/converted-log.ts';
import type { SessionFiles } from '../../local/duckdb-connection.ts';
import { queryFiles } from '../../local/duckdb-files.ts';
import { CASE_DATE, caseFolders, findCaseLog } from './cases.ts';

/** Where it is written what a call does to its files. */
const told = read('views/file_uses.sql');
/** Where the same is asked of calls that were counted first, and written again. */
const toldAgain = ['views/file_use_counts.sql', 'gate_facts.sql'];

const KEYS =
  'session, executable, syscall, path, other_path, file_use, is_open, succeeded, error, args';

let folder: string;
const sessions: SessionFiles[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stracelake-'));
  for (const session of caseFolders) {
    const target = join(folder, session);
    mkdirSync(target);
    const { files } = await convertToFolder(
      (await findCaseLog(session))!,
      { date: CASE_DATE },
      target,
    );
    sessions.push({ session, files: files.map(({ path }) => path) });
  }
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

it.each(toldAgain)('%s tells uses in the words of the view file_uses', (file) => {
  const text = plain(read(file));
  for (const part of partsOf(told)) expect(text).toContain(plain(part));
});

it('redundant_ops looks at all that file_uses takes for an open or a query', () => {
  const uses = [...told.matchAll(/\('(?:open|query)', NULL, '([^']+)'\)/g)];
  const names = uses.flatMap(([, text]) => text!.split(' '));
  const [text] = /strpos\([^)]*?' ' \|\| syscall/s.exec(read('redundant_ops.sql'))!;
  expect(names.length).toBeGreaterThan(30);
  expect(text.match(/\w+/g)!.slice(1, -1)).toEqual(names);
});

it('counts in file_use_counts what file_uses lists', async () => {
  const listed = await rowsOf(
    `SELECT ${KEYS}, COUNT(*), CAST(SUM(bytes) AS BIGINT), MIN(seq), MAX(seq) FROM file_uses`,
  );
  const counted = await rowsOf(
    `SELECT ${KEYS}, CAST(SUM(calls) AS BIGINT), CAST(SUM(bytes) AS BIGINT), MIN(first_seq), MAX(last_seq)
    FROM file_use_counts`,
  );
  expect(listed.length).toBeGreaterThan(100);
  expect(counted).toEqual(listed);
});

/** The columns that are worked out, and the table of names, of a query on uses. */
function partsOf(sql: string): string[] {
  const columns = [
    ...sql.matchAll(/^ {4}(CASE\n(?:(?!^ {4}END).)*^ {4}END) AS (path|file_use),$/gms),
  ];
  const names = /LEFT JOIN \(.* AS known\b/s.exec(sql);
  expect(columns.map(([, , name]) => name)).toEqual(['path', 'file_use']);
  return [...columns.map(([, text]) => text!), names![0]];
}

function plain(sql: string): string {
  return sql.replace(/\s+/g, ' ');
}

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(`../../queries/${file}`, import.meta.url)), 'utf8');
}

async function rowsOf(select: string) {
  const order = KEYS.split(', ')
    .map((_, i) => i + 1)
    .join(', ');
  const sql = `${select} GROUP BY ${KEYS} ORDER BY ${order}`;
  return (await queryFiles(sessions, { sql, parameters: [] })).rows;
}
