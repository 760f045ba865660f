import { basename } from 'node:path';
import stringWidth from 'string-width';
import type { SqlValue } from '../lib/reports/engine.ts';
import { cutText, showControls } from './text-width.ts';

const LEAST_ARGS = 12;

/**
 * A row of `search` or `follow` as a line that looks as strace's:
 * `09:23:46.107746 4129 gcc openat(AT_FDCWD, "/etc/x", O_RDONLY) = -1 ENOENT (No such file or directory) <0.000012>`.
 * To fit into `width` columns, the explanation of the error goes, then arguments are cut.
 */
export function formatCall(row: Readonly<Record<string, SqlValue>>, width?: number): string {
  const line = print(row);
  if (width === undefined || stringWidth(line) <= width) return line;
  const { ret_text: text } = row;
  const brief = {
    ...row,
    ret_text: typeof text === 'string' ? text.replace(/ \(.*\)$/s, '') : text,
  };
  const args = showControls(String(row.args ?? ''));
  const room = width - (stringWidth(print(brief)) - stringWidth(args));
  return cutText(print({ ...brief, args: cutText(args, Math.max(LEAST_ARGS, room)) }), width);
}

function print(row: Readonly<Record<string, SqlValue>>): string {
  const head = [row.timestamp ?? row.start, row.pid, programOf(row.executable)];
  const shown = head.filter((part) => part !== null && part !== undefined);
  return showControls([...shown, eventOf(row)].join(' '));
}

function programOf(executable: SqlValue): string | null {
  return typeof executable === 'string' ? basename(executable) : null;
}

function eventOf(row: Readonly<Record<string, SqlValue>>): string {
  const { kind, event, args, ret_text: text } = row;
  const signal = row.signal ?? event;
  if (kind === 'exit' || event === 'exit') return `+++ ${text ?? `exited with ${row.ret}`} +++`;
  if (kind === 'signal' || String(event).startsWith('SIG'))
    return `--- ${signal} ${args ?? ''} ---`;
  return `${row.syscall ?? event}(${args ?? ''}) = ${returnOf(row)}${durationOf(row)}`;
}

function returnOf({ ret, ret_text: text }: Readonly<Record<string, SqlValue>>): string {
  if (text === null) return ret === null ? '?' : String(ret);
  const said = String(text);
  // Addresses are printed in hexadecimal, and what follows a descriptor sticks to it.
  if (ret === null) return `? ${said}`;
  if (said.startsWith('0x')) return said;
  return said.startsWith('<') ? `${ret}${said}` : `${ret} ${said}`;
}

function durationOf(row: Readonly<Record<string, SqlValue>>): string {
  const { duration_us: us, duration_ms: ms } = row;
  const seconds = typeof us === 'number' ? us / 1e6 : typeof ms === 'number' ? ms / 1e3 : undefined;
  return seconds === undefined ? '' : ` <${seconds.toFixed(6)}>`;
}
