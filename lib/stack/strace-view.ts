/** One column of the view `strace`: its name, Trino's type and what makes it. */
interface ViewColumn {
  name: string;
  type: 'varchar' | 'integer' | 'bigint' | 'double';
  sql: string;
}

/**
 * Columns of the view `strace`: the nine of the CSV that stracepy writes, under its names, after
 * the session that every question has to name.
 */
export const straceViewColumns: readonly ViewColumn[] = [
  { name: 'session', type: 'varchar', sql: 'session' },
  {
    name: 'timestamp',
    type: 'varchar',
    sql:
      "date_format(from_unixtime(time_ns / 1000000000), '%H:%i:%s.')" +
      " || lpad(CAST(time_ns % 1000000000 / 1000 AS varchar), 6, '0')",
  },
  { name: 'pid', type: 'integer', sql: 'pid' },
  { name: 'executable', type: 'varchar', sql: 'executable' },
  { name: 'syscall', type: 'varchar', sql: 'syscall' },
  { name: 'filepath', type: 'varchar', sql: 'path' },
  {
    name: 'all_filepaths',
    type: 'varchar',
    sql: "'[' || array_join(transform(paths, p -> '''' || p || ''''), ', ') || ']'",
  },
  { name: 'ret_int', type: 'bigint', sql: 'ret' },
  { name: 'ret_str', type: 'varchar', sql: 'ret_text' },
  { name: 'syscall_time', type: 'double', sql: 'duration_ns / 1e9' },
];

/** Text of the view `strace`, over the table `calls` of the database. */
export function straceViewSql(database: string): string {
  const columns = straceViewColumns.map((column) =>
    column.sql === column.name ? column.name : `${column.sql} AS "${column.name}"`,
  );
  return `SELECT ${columns.join(', ')} FROM "${database}"."calls" WHERE kind = 'call'`;
}

/** The view as Athena keeps one in Glue: base64 of its JSON in a comment. */
export function encodeView(database: string): string {
  const definition = {
    originalSql: straceViewSql(database),
    catalog: 'awsdatacatalog',
    schema: database,
    columns: straceViewColumns.map(({ name, type }) => ({ name, type })),
  };
  const encoded = Buffer.from(JSON.stringify(definition)).toString('base64');
  return `/* Presto View: ${encoded} */`;
}
