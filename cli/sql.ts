import { text } from 'node:stream/consumers';
import { UsageError } from './errors.ts';
import { sqlOnLogs } from './log-sql.ts';
import type { LogOptions, ServiceOptions } from './options.ts';
import { type OutputFormat, printTable } from './report-output.ts';
import { withService } from './service-choice.ts';
import { ask, type Service } from './service-request.ts';
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
  const isFitted = format === 'text' && terminal.width !== undefined;
  const asked = new URLSearchParams({
    format: isFitted ? 'json' : format,
    ...(session !== undefined && { session }),
    ...(limit !== undefined && { limit: String(limit) }),
  });
  const init = { method: 'POST', headers: { 'content-type': 'application/sql' }, body };
  const answer = await ask(service, `/sql?${asked}`, init);
  if (!isFitted) return await terminal.print(await answer.text());
  const { columns, rows, is_cut: isCut } = JSON.parse(await answer.text());
  const names = columns.map(({ name }: { name: string }) => name);
  await printTable(
    names,
    rows.map((row: Record<string, unknown>) => names.map((name: string) => flatten(row[name]))),
    terminal,
  );
  if (isCut) terminal.note('(there are more rows: --limit)');
}

function flatten(value: unknown): string | number | boolean | null {
  if (value === null || typeof value !== 'object') return value as string | number | boolean | null;
  return JSON.stringify(value);
}
