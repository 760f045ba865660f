import { CatalogueError } from './errors.ts';
import type { ParameterType, Report, ReportColumn, ReportParameter } from './report.ts';

const parameterTypes = new Set([
  'string',
  'regex',
  'integer',
  'integers',
  'names',
  'time',
  'session',
  'day',
  'labels',
  'period',
]);
const columnTypes = new Set([
  'varchar',
  'bigint',
  'integer',
  'double',
  'boolean',
  'array(varchar)',
]);

/**
 * Reads a query file: `-- name: value` lines at its top (title, description, parameter, column, key,
 * measures, brief; a line indented by three goes on with the one before), then SQL. Throws CatalogueError at
 * `file:line`.
 */
export function parseReport(name: string, sql: string, file = `${name}.sql`): Report {
  const report: Report = { name, title: '', description: '', parameters: [], columns: [], sql };
  for (const entry of headerEntries(sql, file)) addEntry(report, entry, file);
  for (const key of ['title', 'description'] as const)
    if (report[key] === '') throw new CatalogueError(`${file}:1: ${key} missing`);
  if (report.columns.length === 0) throw new CatalogueError(`${file}:1: column missing`);
  checkPlaceholders(report, file);
  return report;
}

interface HeaderEntry {
  line: number;
  key: string;
  value: string;
}

function headerEntries(sql: string, file: string): HeaderEntry[] {
  const entries: HeaderEntry[] = [];
  for (const [index, text] of sql.split(/\r?\n/).entries()) {
    if (!text.startsWith('--')) break;
    const more = /^-- {3,}(\S.*)$/.exec(text);
    const entry = /^-- ([a-z]+): (.+)$/.exec(text);
    const last = entries.at(-1);
    if (more && last) last.value += ` ${more[1]}`;
    else if (entry) entries.push({ line: index + 1, key: entry[1]!, value: entry[2]! });
    else throw new CatalogueError(`${file}:${index + 1}: header line not understood: ${text}`);
  }
  return entries;
}

function addEntry(report: Report, entry: HeaderEntry, file: string) {
  const where = `${file}:${entry.line}`;
  if (entry.key === 'title' || entry.key === 'description') {
    if (report[entry.key] !== '') throw new CatalogueError(`${where}: ${entry.key} given twice`);
    report[entry.key] = entry.value;
  } else if (entry.key === 'parameter') report.parameters.push(readParameter(entry.value, where));
  else if (entry.key === 'column') report.columns.push(readColumn(entry.value, where));
  else if (entry.key === 'key' || entry.key === 'measures' || entry.key === 'brief')
    report[entry.key] = readNames(report, entry.value, where);
  else throw new CatalogueError(`${where}: header key unknown: ${entry.key}`);
}

function readParameter(value: string, where: string): ReportParameter {
  const match = /^([a-z][a-z0-9_]*) ([^\s(]+?)(?:\((\d+)\.\.(\d+)\))?(?: =\s?(.*?))?: (.+)$/.exec(
    value,
  );
  if (!match)
    throw new CatalogueError(`${where}: parameter is not "name type = default: text": ${value}`);
  const [, name, type, least, largest, fallback, description] = match;
  if (!parameterTypes.has(type!))
    throw new CatalogueError(`${where}: parameter type unknown: ${type}`);
  return {
    name: name!,
    type: type as ParameterType,
    ...(fallback !== undefined && { default: fallback }),
    ...(least !== undefined && { range: [Number(least), Number(largest)] as const }),
    description: description!,
  };
}

function readColumn(value: string, where: string): ReportColumn {
  const match = /^([a-z][a-z0-9_]*) (\S+): (.+)$/.exec(value);
  if (!match) throw new CatalogueError(`${where}: column is not "name type: text": ${value}`);
  const [, name, type, description] = match;
  if (!columnTypes.has(type!)) throw new CatalogueError(`${where}: column type unknown: ${type}`);
  return { name: name!, type: type as ReportColumn['type'], description: description! };
}

/** Names of columns declared before. */
function readNames({ columns }: Report, value: string, where: string): string[] {
  const names = value.split(/, */);
  const unknown = names.find((name) => !columns.some((column) => column.name === name));
  if (unknown !== undefined) throw new CatalogueError(`${where}: column not found: ${unknown}`);
  return names;
}

/** Athena counts placeholders, so a `?` anywhere but in its place is refused. */
function checkPlaceholders(report: Report, file: string) {
  let count = 0;
  for (const [index, line] of report.sql.split('\n').entries()) {
    const outside = line.replace(/'[^']*'/g, '').replace(/--.*$/, '');
    const here = outside.split('?').length - 1;
    if (line.split('?').length - 1 !== here)
      throw new CatalogueError(`${file}:${index + 1}: question mark in a comment or a text`);
    count += here;
  }
  if (count !== report.parameters.length)
    throw new CatalogueError(
      `${file}:1: parameters declared ${report.parameters.length}, placeholders used ${count}`,
    );
}
