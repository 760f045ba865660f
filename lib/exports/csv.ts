import { callColumns } from '../lake/columns.ts';
import { renderCsv } from '../reports/render/csv.ts';
import type { CallBatches, CallRow } from './call-row.ts';
import { encodeTexts } from './text-chunks.ts';

/** Rows as CSV (RFC 4180) with every column; NULL is nothing, an empty text `""`, a list JSON. */
export function encodeCsv(batches: CallBatches): AsyncIterable<Uint8Array> {
  return encodeTexts(printRows(batches));
}

const names = callColumns.map(({ name }) => name);

async function* printRows(batches: CallBatches): AsyncGenerator<string> {
  yield renderCsv(names, [], 'exact');
  const headerLength = renderCsv(names, [], 'exact').length;
  for await (const rows of batches) {
    const values = rows.map((row) => names.map((name) => row[name as keyof CallRow]));
    yield renderCsv(names, values, 'exact').slice(headerLength);
  }
}
