import { setTimeout as delay } from 'node:timers/promises';
import type { SqlValue } from '../../lib/reports/engine.ts';
import { CATALOG } from './trino.ts';

const USER = 'test';

/** Rows and columns as Trino gives them; whole numbers beyond 2^53 are bigints. */
export interface TrinoResult {
  columns: { name: string; type: string }[];
  rows: SqlValue[][];
  /** Trino's name of the query. */
  id: string;
  /** Bytes read from storage. */
  inputBytes: number;
}

// What Trino says of a query it will not run, under its error name.
class TrinoError extends Error {
  override name = 'TrinoError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

interface Page {
  id?: string;
  columns?: { name: string; type: string }[];
  data?: SqlValue[][];
  nextUri?: string;
  stats?: { physicalInputBytes: number };
  error?: { errorName: string; message: string };
}

/** Runs one statement to its end; throws TrinoError when Trino refuses it. */
export async function runStatement(
  url: string,
  database: string,
  sql: string,
  prepared?: string,
): Promise<TrinoResult> {
  const headers: Record<string, string> = {
    'x-trino-user': USER,
    'x-trino-catalog': CATALOG,
    'x-trino-schema': database,
    'x-trino-time-zone': 'UTC',
  };
  if (prepared) headers['x-trino-prepared-statement'] = `query=${encodeURIComponent(prepared)}`;
  for (;;) {
    try {
      return await readPages(
        `${url}/v1/statement`,
        { method: 'POST', body: sql, headers },
        headers,
      );
    } catch (error) {
      // Just after the start the server has not found itself yet.
      if (!(error instanceof TrinoError) || error.code !== 'NO_NODES_AVAILABLE') throw error;
      await delay(250);
    }
  }
}

/** Runs a query with values for its placeholders, literals as Athena takes them. */
export async function executeQuery(
  url: string,
  database: string,
  sql: string,
  literals: string[],
): Promise<TrinoResult> {
  return runStatement(url, database, `EXECUTE query USING ${literals.join(', ')}`, sql);
}

/** Columns that a query which has just ended read, once for each time that it read a table. */
export async function columnsRead(url: string, id: string): Promise<string[]> {
  const answer = await fetch(`${url}/v1/query/${id}`, { headers: { 'x-trino-user': USER } });
  const { inputs } = (await answer.json()) as { inputs: { columns: { name: string }[] }[] };
  return inputs.flatMap(({ columns }) => columns.map(({ name }) => name));
}

async function readPages(
  first: string,
  request: RequestInit,
  headers: Record<string, string>,
): Promise<TrinoResult> {
  const result: TrinoResult = { columns: [], rows: [], id: '', inputBytes: 0 };
  let page = await readPage(first, request);
  for (;;) {
    if (page.error) throw new TrinoError(page.error.errorName, page.error.message);
    result.id = page.id ?? result.id;
    result.columns = page.columns ?? result.columns;
    result.rows.push(...(page.data ?? []));
    result.inputBytes = page.stats?.physicalInputBytes ?? result.inputBytes;
    if (!page.nextUri) return result;
    page = await readPage(page.nextUri, { headers });
  }
}

async function readPage(url: string, request: RequestInit): Promise<Page> {
  const answer = await fetch(url, request);
  return JSON.parse(await answer.text(), keepWhole);
}

function keepWhole(_: string, value: unknown, context?: { source?: string }): unknown {
  const isLong = typeof value === 'number' && !Number.isSafeInteger(value);
  return isLong && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context!.source!) : value;
}
