import { type Command, InvalidArgumentError, Option } from 'commander';
import { filtersOf } from '../lib/reports/parameters.ts';
import type { Report } from '../lib/reports/report.ts';
import type { Terminal } from './terminal.ts';

/** Adds one command to the program: one file in `commands/` each. */
export type AddCommand = (program: Command, terminal: Terminal) => void;

/** Options of every command that asks a service. */
export interface ServiceOptions {
  url?: string;
  header?: string[];
  sign?: string;
  dataDir: string;
}

/** How the times of a log are to be read. */
export interface LogOptions {
  date?: string;
  utcOffset?: string;
}

const SQL_TIME = /, in nanoseconds since 1970-01-01 UTC/;

/** What may stand for a log in arguments. */
export const LOG_HELP =
  'log on disk, plain or compressed, or converted to .parquet; the name before .PID for the files of an -ff run; - for stdin';

/** What may stand for a log or a session in arguments. */
export const SOURCE_HELP = `${LOG_HELP}; or the name of a session (session:NAME when there is a file of that name too)`;

/** Adds the parameters of reports, each once, as options of their names. */
export function filterOptions(command: Command, reports: readonly Report[]): Command {
  const parameters = reports.flatMap(filtersOf);
  for (const [name, { type, description }] of new Map(parameters.map((each) => [each.name, each])))
    command.option(
      `--${name.replaceAll('_', '-')} <value>`,
      type === 'time'
        ? description.replace(SQL_TIME, ' (09:23:46, 2026-11-23T09:23:46Z)')
        : description,
    );
  return command;
}

/** Adds how the times of logs are to be read. */
export function logOptions(command: Command): Command {
  return command
    .option(
      '--date <YYYY-MM-DD>',
      'date of the first line, for logs without dates (default: of the file)',
    )
    .option('--utc-offset <+HH:MM>', "offset of the log's times from UTC");
}

/** Adds which service to ask, and how to get in; `url` tells what is asked without an address. */
export function serviceOptions(
  command: Command,
  url = 'service to ask; default is the one that serves the data folder',
): Command {
  return command
    .addOption(new Option('--url <url>', url).env('STRACELAKE_URL'))
    .option(
      '--header <line>',
      'HTTP header for the service, such as "authorization: Bearer ..." (STRACELAKE_TOKEN holds a bearer token)',
      collect,
    )
    .option(
      '--sign <region>',
      'sign requests with AWS credentials for this region (addresses of API Gateway say theirs themselves)',
    )
    .addOption(dataDirOption());
}

/** Where the service on this machine keeps everything. */
export function dataDirOption(): Option {
  return new Option('--data-dir <folder>', 'folder that keeps everything').default('.stracelake');
}

/** Adds the form of an answer that is a table: `--format`, and `--json` for short. */
export function formatOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--format <format>',
        'how to print; tsv has no header and is for cut, sort and awk',
      )
        .choices(['text', 'json', 'csv', 'tsv'])
        .default('text'),
    )
    .addOption(jsonOption().implies({ format: 'json' }));
}

/** `--json`, which every command has. */
export function jsonOption(): Option {
  return new Option('--json', 'print JSON, of the shape that docs/cli.md tells');
}

/** Gathers the values of an option that may be given again. */
export function collect(value: string, values: string[] = []): string[] {
  return [...values, value];
}

/** Reads a port; throws InvalidArgumentError. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw new InvalidArgumentError('Give a whole number from 0 to 65535.');
}

/** Reads an origin as browsers send it; throws InvalidArgumentError. */
export function parseOrigin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new InvalidArgumentError('Give an origin such as https://ci.example.org, without a path.');
}

/** Reads a number of things; throws InvalidArgumentError. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1 on.');
}

/** Examples for the end of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
