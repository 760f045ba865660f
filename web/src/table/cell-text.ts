import type { Cell } from '../api/catalogue.ts';
import { printNumber } from '../format.ts';

/** Columns whose numbers are names, not amounts. */
const NUMBERS_THAT_NAME =
  /^(seq|.*_seq|pid|tid|process|parent|fd|.*_fd|ret|exit_status|time_ns|start_ns|.*_at|line|uid)$/;

/** Whether a column's values are amounts, to be set right and with their thousands apart. */
export function isAmount(name: string, type: string): boolean {
  return isNumeric(type) && !NUMBERS_THAT_NAME.test(name);
}

/** Whether a column holds numbers. */
export function isNumeric(type: string): boolean {
  return type === 'bigint' || type === 'integer' || type === 'double';
}

/** A cell as it is shown. */
export function printCell(value: Cell | undefined, isNumberShown: boolean): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'number' && isNumberShown) return printNumber(value);
  return String(value);
}

/** A cell as it is copied and filtered by. */
export function plainCell(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}
