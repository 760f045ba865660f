import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Report, ReportColumn } from '../reports/report.ts';

const GLUE_TYPES: Record<ReportColumn['type'], string> = {
  varchar: 'string',
  bigint: 'bigint',
  integer: 'int',
  double: 'double',
  boolean: 'boolean',
  'array(varchar)': 'array<string>',
};

/** Characters of a column's comment that Glue takes. */
const LONGEST_COMMENT = 255;

/** Glue's columns of a view. */
export function viewColumns(view: Report): CfnTable.ColumnProperty[] {
  return view.columns.map(({ name, type, description }) => ({
    name,
    type: GLUE_TYPES[type],
    comment: shorten(description),
  }));
}

function shorten(text: string): string {
  return text.length <= LONGEST_COMMENT ? text : `${text.slice(0, LONGEST_COMMENT - 1)}…`;
}

/** The text of a view as Athena keeps it in Glue: its definition as JSON, in base64, in a comment. */
export function encodeView(view: Report, database: string): string {
  const definition = {
    originalSql: view.sql.replace(/^--.*\n/gm, '').trim(),
    catalog: 'awsdatacatalog',
    schema: database,
    columns: view.columns.map(({ name, type }) => ({ name, type })),
    // Trino refuses a view without an owner; Athena reads with the rights of whoever asks.
    owner: database,
    runAsInvoker: false,
  };
  const encoded = Buffer.from(JSON.stringify(definition)).toString('base64');
  return `/* Presto View: ${encoded} */`;
}
