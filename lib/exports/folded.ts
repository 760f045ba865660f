import type { CallBatches, CallRow } from './call-row.ts';
import { encodeTexts } from './text-chunks.ts';

const NANOSECONDS_PER_US = 1000n;

/**
 * Time in calls as folded stacks, one a line, for flame graphs:
 * `make 4121;/usr/bin/make;openat;/etc/passwd 42`, in microseconds. Where a call has a stack (strace
 * -k) its frames, outermost first, stand between the executable and the call.
 */
export function encodeFolded(batches: CallBatches): AsyncIterable<Uint8Array> {
  return encodeTexts(printStacks(batches));
}

async function* printStacks(batches: CallBatches): AsyncGenerator<string> {
  const nanoseconds = new Map<string, bigint>();
  for await (const rows of batches)
    for (const row of rows) {
      if (row.kind !== 'call' || row.duration_ns === null) continue;
      const stack = foldStack(row);
      nanoseconds.set(stack, (nanoseconds.get(stack) ?? 0n) + row.duration_ns);
    }
  for (const stack of [...nanoseconds.keys()].sort()) {
    const weight = (nanoseconds.get(stack)! + NANOSECONDS_PER_US / 2n) / NANOSECONDS_PER_US;
    if (weight > 0n) yield `${stack} ${weight}\n`;
  }
}

function foldStack(row: CallRow): string {
  const process = row.process ?? row.pid;
  const executable = row.executable ?? 'unknown program';
  const name = executable.slice(executable.lastIndexOf('/') + 1);
  const frames = [process === null ? name : `${name} ${process}`, executable];
  for (const frame of row.stack.toReversed()) frames.push(nameFrame(frame));
  frames.push(row.syscall ?? 'unknown call');
  if (row.path !== null) frames.push(row.path);
  return frames.map(cleanFrame).join(';');
}

/** Function of a frame such as `/lib/libc.so.6(__open+0x1f) [0x20b1d]`, or its file when it has none. */
function nameFrame(frame: string): string {
  const match = /^(.*?)\(([^()+]*)(?:\([^+]*)?(?:\+0x[0-9a-f]+)?\)/.exec(frame);
  if (!match) return frame;
  const [, file, symbol] = match;
  return symbol || file!.slice(file!.lastIndexOf('/') + 1);
}

/** Semicolons part frames, and lines end stacks. */
function cleanFrame(frame: string): string {
  return frame.replace(/[;\x00-\x1f\x7f]/g, '_');
}
