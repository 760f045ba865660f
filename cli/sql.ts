import { text } from 'node:stream/consumers';
import type { SqlValue } from '../lib/reports/engine.ts';
import { UsageError } from './errors.ts';
import { jsonLine, parseJson } from './json-text.ts';
import { sqlOnLogs } from './log-sql.ts';
import type { LogOptions, ServiceOptions } from './options.ts';
import { type OutputFormat, printTable } from './report-output.ts';
import { withService } from './service-choice.ts';
import { ask, type Service } from './service-request.ts';
import { renderTabLines } from './tab-lines.ts';
import type { Terminal } from './terminal.ts';

interface SqlOptions extends LogOptions, ServiceOptions {
  session?: string;
  format: OutputFormat;
  limit?: number;
}

/** Prints the rows of one SELECT over the calls of logs or, when none is named, of sessions. */
export async function sql(
  query: string,
  logs: string[],
  options: SqlOptions,
  terminal: Terminal,
): Promise<void> {
  const { stdin } = terminal.streams;
  if (query === '-' && logs.includes('-')) throw new UsageError('query and log are both -');
  const body = query === '-' ? await text(stdin) : query;
  if (body.trim() === '') throw new UsageError('query is empty: give one SELECT');
  if (logs.length > 0) return await sqlOnLogs(body, logs, options, terminal);
  await withService(options, 'there is nothing to ask', terminal, (service) =>
    askService(service, body, options, terminal),
  );
}

async function askService(
  service: Service,
  body: string,
  { session, format, limit }: SqlOptions,
  terminal: Terminal,
): Promise<void> {
  const isOurs = format === 'tsv' || (format === 'text' && terminal.width !== undefined);
  const asked = new URLSearchParams({
    format: isOurs ? 'json' : format,
    ...(session !== undefined && { session }),
    ...(limit !== undefined && { limit: String(limit) }),
  });
  const init = { method: 'POST', headers: { 'content-type': 'application/sql' }, body };
  const answer = await ask(service, `/sql?${asked}`, init);
  if (!isOurs) return await terminal.print(await answer.text());
  const { columns, rows: records, is_cut: isCut } = parseJson(await answer.text()) as SqlAnswer;
  const names = columns.map(({ name }) => name);
  const rows = records.map((record) => names.map((name) => flatten(record[name])));
  if (format === 'tsv') return await terminal.print(renderTabLines(rows));
  await printTable(names, rows, terminal);
  if (isCut) terminal.note('(there are more rows: --limit)');
}

interface SqlAnswer {
  columns: { name: string }[];
  rows: Record<string, unknown>[];
  is_cut: boolean;
}

function flatten(value: unknown): SqlValue {
  if (value === null || typeof value !== 'object') return value as SqlValue;
  return jsonLine(value).trimEnd();
}
