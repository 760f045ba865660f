import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadTrends } from '../../lib/reports/catalogue.ts';
import type { Report } from '../../lib/reports/report.ts';

const folder = fileURLToPath(new URL('trends/', import.meta.url));

/** One session of the lake that the cases ask about. */
export interface TrendSession {
  session: string;
  log: Buffer;
  /** Date of the first line. */
  date: string;
  utcOffset?: string;
  labels: Record<string, string>;
}

/** One report across these sessions, with the rows it has to give. */
interface TrendCase {
  /** `<report>` or, for further parameters, `<report>.<word>`. */
  name: string;
  report: Report;
  parameters: Map<string, string>;
  /** CSV with a header line: NULL is nothing between the commas. */
  expectedFile: string;
}

type Listed = Omit<TrendSession, 'session' | 'log'> & { log: string };

/** The sessions of `trends/sessions.json`. */
export const trendSessions: readonly TrendSession[] = Object.entries(
  readJson<Record<string, Listed>>('sessions.json'),
).map(([session, { log, ...given }]) => ({
  ...given,
  session,
  log: readFileSync(`${folder}logs/${log}.strace`),
}));

/** A case for each file of parameters. */
export const trendCases: readonly TrendCase[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json') && file !== 'sessions.json')
  .map((file) => {
    const name = file.slice(0, -'.json'.length);
    return {
      name,
      report: loadTrends().find((report) => report.name === name.split('.')[0])!,
      parameters: new Map(Object.entries(readJson<Record<string, string>>(file))),
      expectedFile: `${folder}${name}.csv`,
    };
  });

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as T;
}
