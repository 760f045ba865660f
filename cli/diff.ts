import { loadReports } from '../lib/reports/catalogue.ts';
import type { ResultColumn, SqlValue } from '../lib/reports/engine.ts';
import { renderCsv } from '../lib/reports/render/csv.ts';
import { renderTable } from '../lib/reports/render/table.ts';
import type { LocalSession } from './converted-log.ts';
import { CommandEndedError, UsageError } from './errors.ts';
import { jsonLine } from './json-text.ts';
import { fetchSession, openLogAmong } from './local-sessions.ts';
import { reportOnFiles } from './log-report.ts';
import { readNamed } from './report.ts';
import { type OutputFormat, printTellingTable } from './report-output.ts';
import { type ReportQuestion, type ReportRows, readAll } from './report-rows.ts';
import { chooseSource, type SourceOptions } from './report-source.ts';
import { withService } from './service-choice.ts';
import { reportOnSession } from './service-report.ts';
import { renderTabLines } from './tab-lines.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import type { Terminal } from './terminal.ts';

interface DiffOptions extends SourceOptions {
  report?: string[];
  param?: string[];
  format: OutputFormat;
  limit?: number;
  exitCode?: boolean;
}

/** What one report says of two sessions. */
interface Comparison {
  report: string;
  title: string;
  columns: ResultColumn[];
  rows: SqlValue[][];
  /** True when there are more rows than were asked for. */
  isCut: boolean;
}

type Ask = (question: ReportQuestion) => Promise<ReportRows>;
type Source = Awaited<ReturnType<typeof chooseSource>>;

const PREFIX = 'diff_';
const NOTHING_THERE = 'neither logs nor sessions';

/** Prints what is new, gone or changed from `base` to `head`. */
export async function diff(
  base: string,
  head: string,
  options: DiffOptions,
  terminal: Terminal,
): Promise<void> {
  const [one, other] = [await chooseSource(base, terminal), await chooseSource(head, terminal)];
  if (base === '-' && head === '-') throw new UsageError('both logs are -');
  const comparisons =
    one.log || other.log
      ? await compareHere([one, other], options, terminal)
      : await withService(options, `${NOTHING_THERE}: ${base}, ${head}`, terminal, (service) =>
          compareAll(one.session, options, (question) =>
            reportOnSession(service, other.session, question),
          ),
        );
  await print(base, head, comparisons, options.format, terminal);
  if (options.exitCode && comparisons.some(({ rows }) => rows.length > 0))
    throw new CommandEndedError(1);
}

/** Compares on this machine; a session of a service is fetched for it. */
async function compareHere(
  sources: readonly Source[],
  options: DiffOptions,
  terminal: Terminal,
): Promise<Comparison[]> {
  return await withTemporaryFolder(async (folder) => {
    const opened: LocalSession[] = [];
    for (const { log, session } of sources) {
      opened.push(
        log
          ? await openLogAmong(opened, log, options, folder, terminal)
          : await withService(options, `${NOTHING_THERE}: ${session}`, terminal, (service) =>
              fetchSession(opened, service, session, folder),
            ),
      );
    }
    const [base, head] = opened;
    return await compareAll(base.manifest.session, options, async (question) =>
      reportOnFiles([head, base], question, folder),
    );
  });
}

async function compareAll(base: string, options: DiffOptions, ask: Ask): Promise<Comparison[]> {
  const { param = [], limit = Number.POSITIVE_INFINITY } = options;
  const reports = options.report?.map(findComparing) ?? reportsThatCompare();
  if (param.length > 0 && reports.length !== 1)
    throw new UsageError('--param is for one report: give --report too');
  const comparisons: Comparison[] = [];
  for (const { name, isDifference } of reports) {
    const parameters = readNamed(param).set('base', base);
    const answer = await ask({ report: name, isDifference, parameters, limit: limit + 1 });
    const { columns, rows } = await readAll(answer);
    const isCut = rows.length > limit;
    const { title } = answer.report;
    comparisons.push({ report: name, title, columns, rows: rows.slice(0, limit), isCut });
  }
  return comparisons;
}

/** A report that takes two sessions by itself, or one on a session whose rows can be matched. */
interface Comparing {
  name: string;
  isDifference: boolean;
}

function reportsThatCompare(): Comparing[] {
  return loadReports()
    .filter(({ name }) => name.startsWith(PREFIX))
    .map(({ name }) => ({ name, isDifference: false }));
}

function findComparing(name: string): Comparing {
  const own = reportsThatCompare();
  const found = own.find((each) => each.name === name || each.name === PREFIX + name);
  if (found) return found;
  const keyed = loadReports().filter(({ key }) => key);
  if (keyed.some((each) => each.name === name)) return { name, isDifference: true };
  const names = [
    ...own.map((each) => each.name.slice(PREFIX.length)),
    ...keyed.map((each) => each.name),
  ];
  throw new UsageError(`report that compares not found (there are ${names.join(', ')}): ${name}`);
}

async function print(
  base: string,
  head: string,
  comparisons: readonly Comparison[],
  format: OutputFormat,
  terminal: Terminal,
): Promise<void> {
  if (format === 'json') {
    const reports = comparisons.map(({ report, columns, rows, isCut }) => ({
      report,
      columns,
      is_cut: isCut,
      rows: rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]]))),
    }));
    return await terminal.print(jsonLine({ base, head, reports }));
  }
  if (format !== 'text') return await printPlain(comparisons, format, terminal);
  for (const comparison of comparisons) await printText(comparison, terminal);
}

async function printPlain(
  comparisons: readonly Comparison[],
  format: 'csv' | 'tsv',
  terminal: Terminal,
): Promise<void> {
  if (comparisons.length !== 1)
    throw new UsageError(`--format ${format} is for one report: give --report too`);
  const [{ columns, rows }] = comparisons;
  const names = columns.map(({ name }) => name);
  await terminal.print(format === 'tsv' ? renderTabLines(rows) : renderCsv(names, rows, 'minimal'));
}

async function printText(
  { title, columns, rows, isCut }: Comparison,
  terminal: Terminal,
): Promise<void> {
  const names = columns.map(({ name }) => name);
  const count =
    rows.length === 0 ? 'no difference' : isCut ? `the first ${rows.length}` : String(rows.length);
  await terminal.print(`${terminal.paint('bold', `${title}: ${count}`)}\n`);
  if (rows.length === 0) return;
  if (terminal.width !== undefined) await printTellingTable(names, rows, terminal);
  else await terminal.print(`${renderTable(names, rows)}\n`);
  await terminal.print('\n');
}
