import { isSessionId } from '../lake/session-id.ts';
import { controls } from './controls.ts';
import { readDay } from './days.ts';
import { ParameterError } from './errors.ts';
import { parseInstant, type TimeRange } from './instants.ts';
import type { Report, ReportParameter } from './report.ts';

/** Longest text of a parameter; Athena takes 1,024 characters with the quotes of its literal. */
export const MAX_PARAMETER_LENGTH = 500;

/** What parameters of these types take. */
export const parameterPatterns = {
  integer: /^\d{1,15}$/,
  integers: /^(\*|\d{1,18}(,\d{1,18})*)$/,
  names: /^(\*|\w+(,\w+)*)$/,
} as const;

/** What values are read by: the manifest of a session, or the day on which a trend is asked for. */
interface ParameterContext extends TimeRange {
  session: string;
  /** `YYYY-MM-DD`, for parameters that are days. */
  today?: string;
}

/**
 * Values for the placeholders of a report, in order, from what a caller gave by name; the session is
 * the manifest's. Throws ParameterError naming the parameter and what it takes.
 */
export function bindParameters(
  report: Report,
  given: ReadonlyMap<string, string>,
  context: ParameterContext,
): (string | bigint)[] {
  const filters = filtersOf(report).map((parameter) => parameter.name);
  for (const name of given.keys())
    if (!filters.includes(name)) throw new ParameterError(name, unknownFilter(report, filters));
  return report.parameters.map((parameter) => {
    if (parameter.name === 'session') return context.session;
    const value = given.get(parameter.name);
    if (value !== undefined) return readValue(parameter, value, context);
    if (parameter.default === undefined)
      throw new ParameterError(parameter.name, `It is required: ${parameter.description}`);
    if (parameter.type === 'day') return readValue(parameter, parameter.default, context);
    return isNumber(parameter) ? BigInt(parameter.default) : parameter.default;
  });
}

/** Parameters a caller may give, each once: all but the session. */
export function filtersOf(report: Report): ReportParameter[] {
  const byName = new Map(report.parameters.map((parameter) => [parameter.name, parameter]));
  byName.delete('session');
  return [...byName.values()];
}

function isNumber({ type }: ReportParameter): boolean {
  return type === 'time' || type === 'integer';
}

function unknownFilter(report: Report, filters: string[]): string {
  const known = [...filters, ...controls.map((control) => control.name)].join(', ');
  return `The report ${report.name} does not know it; it takes ${known}.`;
}

function readValue(
  { name, type, range }: ReportParameter,
  value: string,
  context: ParameterContext,
): string | bigint {
  if (value.length > MAX_PARAMETER_LENGTH)
    throw new ParameterError(name, `It is longer than ${MAX_PARAMETER_LENGTH} characters.`);
  if (value.includes('\0')) throw new ParameterError(name, 'It holds a NUL character.');
  if (type === 'time') return readInstant(name, value, context);
  if (type === 'day') return readDayOf(name, value, context);
  if (type === 'integer') return readInteger(name, value, range);
  if (type === 'session' && !isSessionId(value))
    throw new ParameterError(name, 'Give the id of a session, such as strace_firefox.');
  if (type === 'integers' && !parameterPatterns.integers.test(value))
    throw new ParameterError(name, 'Give whole numbers separated by commas, such as 4129,4130.');
  if (type === 'names' && !parameterPatterns.names.test(value))
    throw new ParameterError(name, 'Give names separated by commas, such as openat,execve.');
  if (type === 'period' && value !== 'day' && value !== 'session')
    throw new ParameterError(name, 'Give day or session.');
  if (type === 'regex') checkPattern(name, value);
  return value;
}

function readInteger(name: string, value: string, range: ReportParameter['range']): bigint {
  const number = parameterPatterns.integer.test(value) ? Number(value) : Number.NaN;
  if (!range && !Number.isNaN(number)) return BigInt(value);
  if (range && number >= range[0] && number <= range[1]) return BigInt(value);
  const bounds = range ? ` from ${range[0]} to ${range[1]}` : ', such as 100';
  throw new ParameterError(name, `Give a whole number${bounds}.`);
}

function readDayOf(name: string, value: string, { today = '' }: ParameterContext): string {
  const day = readDay(value, today);
  if (day !== undefined) return day;
  throw new ParameterError(name, 'Give a day such as 2026-11-23, or days from today such as -7.');
}

function readInstant(name: string, value: string, context: ParameterContext): bigint {
  const instant = parseInstant(value, context);
  if (instant !== undefined) return instant;
  throw new ParameterError(
    name,
    'Give a time such as 2026-11-23T09:23:46.107746Z, or a time of day such as 09:23:46 when the log has times (UTC).',
  );
}

/** Both engines take the patterns this lets through: no look-around, no back-references. */
function checkPattern(name: string, pattern: string) {
  try {
    new RegExp(pattern.replace(/^\(\?[ims]+\)/, ''));
  } catch (error) {
    throw new ParameterError(name, `It is no regular expression: ${(error as Error).message}`);
  }
  for (const [, escaped, look] of pattern.matchAll(/\\(.)|\(\?(<?[=!])/gs))
    if (look !== undefined || /[1-9k]/.test(escaped!))
      throw new ParameterError(
        name,
        'Look-around and back-references are not supported in regular expressions here.',
      );
}
