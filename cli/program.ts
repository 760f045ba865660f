import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadReports } from '../lib/reports/catalogue.ts';
import { filtersOf } from '../lib/reports/parameters.ts';
import type { ReportParameter } from '../lib/reports/report.ts';

const DATA_DIR = '.stracelake';

/** The command line; actions load what they need when they are called. */
export function createProgram(): Command {
  const program = new Command('stracelake')
    .description('Puts strace logs where SQL can ask them questions.')
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError('(stracelake --help shows what there is)');
  addServe(program);
  addConvert(program);
  addReport(program);
  addReports(program);
  addSql(program);
  addSessionId(program);
  return program;
}

function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the whole service on this machine: S3 to upload to, HTTP to ask')
    .addOption(dataDirOption())
    .option('--s3-port <port>', 'port of the S3 endpoint, 0 for any', parsePort, 4568)
    .option('--port <port>', 'port of the report API, 0 for any', parsePort, 8080)
    .option('--host <address>', 'address to listen on; 0.0.0.0 lets others in', '127.0.0.1')
    .option('--verbose', 'print every request')
    .addHelpText(
      'after',
      examples('stracelake serve', 'stracelake serve --data-dir /srv/traces --port 9000'),
    )
    .action(async (options) => (await import('./serve.ts')).serve(options));
}

function addConvert(program: Command): void {
  logOptions(program.command('convert'))
    .description('turn a log into CSV or Parquet, every call a row')
    .argument('<log>', LOG_HELP)
    .option('--out <file>', 'file to write, .csv or .parquet; - for CSV on stdout', 'strace.csv')
    .addHelpText(
      'after',
      examples(
        'stracelake convert app.log',
        'stracelake convert app.log.zst --out app.parquet',
        'stracelake convert run/t --out - | head   (run/t.1234, run/t.1235 ...)',
      ),
    )
    .action(async (log, options) => (await import('./convert.ts')).convert(log, options));
}

function addReport(program: Command): void {
  const command = logOptions(program.command('report'))
    .description('print a report on a log, or on a session of the service')
    .argument('<log|session>', `${LOG_HELP}; or the name of a session`)
    .argument('<report>', 'name of the report (stracelake reports lists them)')
    .addOption(
      new Option('--format <format>', 'how to print')
        .choices(['text', 'json', 'csv'])
        .default('text'),
    )
    .option('--limit <rows>', 'print at most so many rows', parseCount);
  for (const { name, description } of reportFilters()) {
    command.option(`--${name.replaceAll('_', '-')} <value>`, description);
  }
  serviceOptions(
    command.option('--param <name=value>', 'any other parameter of the report', collect),
  )
    .addHelpText(
      'after',
      examples(
        'stracelake report app.log summary',
        'stracelake report app.log file_access --executable cc1 --path /usr/include --format csv',
        'stracelake report sample count_errors',
        'stracelake report ci.42.app summary --url https://abc123.execute-api.eu-central-1.amazonaws.com',
      ),
    )
    .action(async (what, report, options) =>
      (await import('./report.ts')).report(what, report, options),
    );
}

function addReports(program: Command): void {
  program
    .command('reports')
    .description('list the reports and their parameters')
    .action(async () => (await import('./reports.ts')).printReports());
}

function addSql(program: Command): void {
  serviceOptions(
    program
      .command('sql')
      .description('print the rows of one SELECT over the calls of all sessions (docs/sql.md)')
      .argument('<query>', 'one SELECT over calls, sessions and the views; - for stdin')
      .option('--session <session>', 'let the query see one session only, which is faster')
      .addOption(
        new Option('--format <format>', 'how to print')
          .choices(['text', 'json', 'csv'])
          .default('text'),
      )
      .option('--limit <rows>', 'print at most so many rows (1000)', parseCount),
  )
    .addHelpText(
      'after',
      examples(
        'stracelake sql "SELECT session, COUNT(*) AS calls FROM calls GROUP BY session"',
        'stracelake sql --session sample "SELECT path FROM calls WHERE error = \'ENOENT\'"',
      ),
    )
    .action(async (query, options) => (await import('./sql.ts')).sql(query, options));
}

function addSessionId(program: Command): void {
  program
    .command('session-id')
    .description('print the session that a log uploaded under a key becomes')
    .argument('<key>', 'key of the object (logs/...) or its s3:// address')
    .addHelpText(
      'after',
      examples(
        'stracelake session-id logs/ci/42/app.log.gz',
        'stracelake session-id s3://uploads/logs/app.log',
      ),
    )
    .action(async (key) => (await import('./session-id.ts')).printSessionId(key));
}

const LOG_HELP =
  'log on disk, plain or compressed; the name before .PID for the files of an -ff run; - for stdin';

function logOptions(command: Command): Command {
  return command
    .option(
      '--date <YYYY-MM-DD>',
      'date of the first line, for logs without dates (default: of the file)',
    )
    .option('--utc-offset <+HH:MM>', "offset of the log's times from UTC");
}

function serviceOptions(command: Command): Command {
  return command
    .option('--url <url>', 'service to ask; default is the one that serves the data folder')
    .option(
      '--header <line>',
      'HTTP header for the service, such as "authorization: Bearer ..."',
      collect,
    )
    .addOption(dataDirOption());
}

function dataDirOption(): Option {
  return new Option('--data-dir <folder>', 'folder that keeps everything').default(DATA_DIR);
}

/** Every parameter of any report, once. */
function reportFilters(): ReportParameter[] {
  const byName = new Map(
    loadReports()
      .flatMap(filtersOf)
      .map((each) => [each.name, each]),
  );
  return [...byName.values()];
}

function collect(value: string, values: string[] = []): string[] {
  return [...values, value];
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw new InvalidArgumentError('Give a whole number from 0 to 65535.');
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1 on.');
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function readVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
