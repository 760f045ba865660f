/**
 * What a parameter takes: text, a regular expression, a whole number, whole numbers or names separated
 * by commas, an instant (nanoseconds since 1970-01-01 UTC in SQL, ISO 8601 in a URL), a session, a day
 * (its default counts days from today), labels (lines of name=value in SQL), or 'day' or 'session'.
 */
export type ParameterType =
  | 'string'
  | 'regex'
  | 'integer'
  | 'integers'
  | 'names'
  | 'time'
  | 'session'
  | 'day'
  | 'labels'
  | 'period';

/** One `?` of a query. */
export interface ReportParameter {
  name: string;
  type: ParameterType;
  /** Value when none is given, as it stands in the header; undefined when one must be given. */
  default?: string;
  /** Least and largest value of an integer that has bounds. */
  range?: readonly [least: number, largest: number];
  description: string;
}

/** One column of a report's rows, with its Athena type. */
export interface ReportColumn {
  name: string;
  type: 'varchar' | 'bigint' | 'integer' | 'double' | 'boolean' | 'array(varchar)';
  description: string;
}

/** One file of `queries/`: the text is plain Athena SQL, its header the whole documentation. */
export interface Report {
  name: string;
  title: string;
  description: string;
  /** One entry for each `?`, in order; a name may occur more than once. */
  parameters: ReportParameter[];
  columns: ReportColumn[];
  /** Columns that say which row of one session is which of another; undefined when none do. */
  key?: string[];
  /** Columns that add up over rows of the same key, the most telling first. */
  measures?: string[];
  /** Columns that say most, for where there is no room for all, the most telling first. */
  brief?: string[];
  sql: string;
}

/** Reports by name, in the order of their names. */
export type Catalogue = ReadonlyMap<string, Report>;

/** Whether a report is about the sessions of some days, not about one session. */
export function isTrend({ parameters }: Pick<Report, 'parameters'>): boolean {
  return parameters[0]?.type === 'day';
}
