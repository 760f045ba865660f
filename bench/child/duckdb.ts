// child/duckdb.ts LOG FOLDER THREADS: what one writes by hand, one regular expression a line
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { reportCost } from './report-cost.ts';

const [log, folder, threads] = process.argv.slice(2);
const out = join(folder, 'duckdb.parquet');
const pattern =
  '^([0-9]+) +([0-9:.]+) ([a-z0-9_]+)\\((.*)\\) += (-?[0-9a-fx]+|\\?)(?:<([^>]*)>)?(?: ([A-Z]+) \\(([^)]*)\\))?.*?(?: <([0-9.]+)>)?$';
const fields = [
  'pid',
  'time',
  'syscall',
  'args',
  'ret',
  'ret_path',
  'error',
  'error_text',
  'duration',
];
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
await connection.run(`
  COPY (
    SELECT unnest(regexp_extract(line, '${pattern}', [${fields.map((name) => `'${name}'`).join(', ')}]))
    FROM read_csv(
      '${log}', columns = {'line': 'VARCHAR'}, header = false, delim = '\\x01', quote = '',
      escape = '', auto_detect = false, max_line_size = 4000000, strict_mode = false
    )
  ) TO '${out}' (FORMAT parquet, COMPRESSION zstd)`);
connection.closeSync();
instance.closeSync();
reportCost(statSync(out).size);
