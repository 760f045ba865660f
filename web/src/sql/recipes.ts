/** Queries to begin with. */
export const recipes: readonly { title: string; sql: string }[] = [
  {
    title: 'Time by system call',
    sql: `SELECT syscall, COUNT(*) AS calls, SUM(duration_ns) / 1000 AS total_us
FROM calls
WHERE kind = 'call'
GROUP BY syscall
ORDER BY total_us DESC NULLS LAST
LIMIT 50`,
  },
  {
    title: 'The slowest calls',
    sql: `SELECT seq, pid, executable, syscall, path, duration_ns / 1000 AS us
FROM calls
WHERE duration_ns IS NOT NULL
ORDER BY duration_ns DESC
LIMIT 100`,
  },
  {
    title: 'Who opened what',
    sql: `SELECT executable, path, COUNT(*) AS opens
FROM file_uses
WHERE is_open AND succeeded
GROUP BY executable, path
ORDER BY opens DESC, path
LIMIT 100`,
  },
  {
    title: 'Errors for each second',
    sql: `SELECT time_ns / 1000000000 AS second, error, COUNT(*) AS calls
FROM calls
WHERE error IS NOT NULL
GROUP BY 1, 2
ORDER BY 1, 3 DESC`,
  },
  {
    title: 'Processes',
    sql: `SELECT process, parent, executable, command, exit_status, signal, calls, errors
FROM processes
ORDER BY lineage`,
  },
  {
    title: 'Columns of every table',
    sql: `SELECT table_name, column_name, data_type
FROM information_schema.columns
ORDER BY 1, 2`,
  },
];
