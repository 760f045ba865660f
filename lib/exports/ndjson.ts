import { callColumns } from '../lake/columns.ts';
import type { CallBatches, CallRow } from './call-row.ts';
import { encodeTexts } from './text-chunks.ts';

/** Rows as JSON, one object a line, with every column; integers have all their digits. */
export function encodeNdjson(batches: CallBatches): AsyncIterable<Uint8Array> {
  return encodeTexts(printLines(batches));
}

const names = callColumns.map(({ name }) => name as keyof CallRow);
const keys = names.map((name, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);

async function* printLines(batches: CallBatches): AsyncGenerator<string> {
  for await (const rows of batches) yield rows.map(printRow).join('');
}

function printRow(row: CallRow): string {
  let line = '';
  for (const [i, name] of names.entries()) line += keys[i] + printValue(row[name]);
  return `${line}}\n`;
}

function printValue(value: CallRow[keyof CallRow]): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
