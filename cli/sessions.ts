import type { SqlValue } from '../lib/reports/engine.ts';
import { renderCsv } from '../lib/reports/render/csv.ts';
import { renderTable } from '../lib/reports/render/table.ts';
import { UsageError } from './errors.ts';
import { jsonLine } from './json-text.ts';
import type { ServiceOptions } from './options.ts';
import { type OutputFormat, printTable } from './report-output.ts';
import { withService } from './service-choice.ts';
import { ask, type Service } from './service-request.ts';
import { renderTabLines } from './tab-lines.ts';
import type { Terminal } from './terminal.ts';

const PAGE = 1000;

interface SessionsOptions extends ServiceOptions {
  label?: string[];
  status?: string;
  from?: string;
  to?: string;
  limit: number;
  format: OutputFormat;
}

/** One session, as `GET /sessions` tells it. */
interface ListedSession {
  session: string;
  status: string;
  start_time: string | null;
  end_time: string | null;
  rows: number | null;
  log_bytes: number | null;
  labels: Record<string, string>;
  failure?: { title: string; detail: string };
}

const headers = ['session', 'status', 'recorded', 'seconds', 'rows', 'log_bytes', 'labels'];

/** Prints the sessions of a service that pass all filters. */
export async function sessions(
  prefix: string | undefined,
  options: SessionsOptions,
  terminal: Terminal,
): Promise<void> {
  const { format, limit } = options;
  const query = readQuery(prefix, options);
  await withService(options, 'there are no sessions', terminal, async (service) => {
    const found = await list(service, query, limit);
    if (format === 'json') {
      await terminal.print(jsonLine({ sessions: found }));
      return;
    }
    const rows = found.map(rowOf);
    if (format === 'csv') await terminal.print(renderCsv(headers, rows, 'minimal'));
    else if (format === 'tsv') await terminal.print(renderTabLines(rows));
    else if (rows.length === 0) terminal.note('no sessions');
    else if (terminal.width !== undefined) await printTable(headers, rows, terminal);
    else await terminal.print(`${renderTable(headers, rows)}\n`);
  });
}

function readQuery(prefix: string | undefined, { label = [], status, from, to }: SessionsOptions) {
  const query = new URLSearchParams();
  const add = (name: string, value: string | undefined) => value && query.set(name, value);
  add('prefix', prefix);
  add('status', status);
  add('from', from);
  add('to', to);
  for (const text of label) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--label wants name=value, this is none: ${text}`);
    query.set(`label.${text.slice(0, at)}`, text.slice(at + 1));
  }
  return query;
}

async function list(
  service: Service,
  query: URLSearchParams,
  limit: number,
): Promise<ListedSession[]> {
  const found: ListedSession[] = [];
  query.set('limit', String(Math.min(limit, PAGE)));
  let next: string | undefined = `/sessions?${query}`;
  while (next !== undefined && found.length < limit) {
    const page = (await (await ask(service, next)).json()) as {
      sessions: ListedSession[];
      next?: string;
    };
    found.push(...page.sessions);
    next = page.next;
  }
  return found.slice(0, limit);
}

function rowOf(found: ListedSession): SqlValue[] {
  const { session, status, start_time: start, end_time: end, rows, log_bytes: bytes } = found;
  const seconds = start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : null;
  const labels = Object.entries(found.labels).map(([name, value]) => `${name}=${value}`);
  const state = found.failure ? `${status}: ${found.failure.title}` : status;
  const recorded = start && `${start.slice(0, 19).replace('T', ' ')}Z`;
  return [session, state, recorded, seconds, rows, bytes, labels.join(' ')];
}
