import type { SqlValue } from './engine.ts';

/** A value as Athena takes it in ExecutionParameters: text as an SQL literal, numbers bare. */
export function sqlLiteral(value: string | number | bigint): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/**
 * A cell of GetQueryResults as a value of its column's type. Lists come as `[a, b]` without quotes,
 * so one whose items hold `, ` cannot be told apart: reports give lists as text instead.
 */
export function parseCell(text: string | undefined, type: string): SqlValue {
  if (text === undefined) return null;
  switch (type) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return parseInteger(text);
    case 'float':
    case 'real':
    case 'double':
    case 'decimal':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'array':
      return text === '[]' ? [] : text.slice(1, -1).split(', ');
    default:
      return text;
  }
}

function parseInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
