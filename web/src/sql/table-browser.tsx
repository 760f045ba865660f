import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { askJson } from '../api/service.ts';
import type { SqlRows } from '../api/types.generated.ts';

const QUERY = `SELECT table_name, column_name, data_type
FROM information_schema.columns
ORDER BY table_name, ordinal_position`;

/** Tables and their columns; a name that is picked goes to the end of the query. */
export function TableBrowser({ onPick }: { onPick(name: string): void }) {
  const tables = useSignal<[string, [string, string][]][]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const options = { method: 'POST' as const, body: { sql: QUERY }, signal: abort.signal };
    askJson<SqlRows>('/sql?limit=1000', options).then(
      ({ rows }) => {
        tables.value = groupRows(rows as Record<string, string>[]);
      },
      // The query box works without the list.
      () => {},
    );
    return () => abort.abort();
  }, []);
  return (
    <aside class="tables" aria-label="Tables">
      {tables.value.map(([table, columns]) => (
        <details key={table} open={table === 'calls'}>
          <summary>{table}</summary>
          <ul>
            {columns.map(([name, type]) => (
              <li key={name}>
                <button type="button" class="quiet" onClick={() => onPick(name)}>
                  {name}
                </button>{' '}
                <span class="muted">{type.toLowerCase()}</span>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </aside>
  );
}

function groupRows(rows: Record<string, string>[]): [string, [string, string][]][] {
  const tables = new Map<string, [string, string][]>();
  for (const { table_name: table = '', column_name: name = '', data_type: type = '' } of rows)
    tables.set(table, [...(tables.get(table) ?? []), [name, type]]);
  return [...tables];
}
