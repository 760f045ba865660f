import type { Name } from '../strace/name.ts';
import { Syscall } from '../strace/syscalls.ts';
import type { DictionaryColumn } from './parquet/dictionary-column.ts';
import type { Int64Column } from './parquet/int64-column.ts';
import type { StringDictionary } from './parquet/string-dictionary.ts';
import type { StringListColumn } from './parquet/string-list-column.ts';
import type { TextColumn } from './parquet/text-column.ts';
import type { WasmHeap } from './wasm/wasm-heap.ts';

/** The columns of `calls` that follow from others, and those. */
interface Columns {
  syscall: DictionaryColumn;
  ret: Int64Column;
  args: TextColumn;
  paths: StringListColumn;
  path: DictionaryColumn;
  classes: StringListColumn;
  bytes: Int64Column;
  direction: DictionaryColumn;
}

const encoder = new TextEncoder();

/** Fills the columns of the first `rows` rows that follow from others. */
export function deriveColumns(heap: WasmHeap, columns: Columns, rows: number): void {
  const { exports } = heap;
  const { syscall, ret, args, paths, path, classes, bytes, direction } = columns;
  exports.setFirsts(path.pointer, paths.pointer, rows);
  const syscalls = syscall.dictionary
    .texts()
    .map((text) => new Syscall(text, encoder.encode(text)));
  const lists = stageClasses(heap, syscalls, classes.dictionary);
  exports.setLists(classes.pointer, syscall.pointer, rows, lists, lists + syscalls.length * 4);
  const ways = stageDirections(heap, syscalls);
  const to = [bytes.pointer, direction.pointer] as const;
  exports.setTransfers(...to, ret.pointer, syscall.pointer, args.pointer, rows, ways);
}

/** Hands over where the classes of each system call end, and behind that the numbers of all of them. */
function stageClasses(heap: WasmHeap, syscalls: Syscall[], dictionary: StringDictionary): number {
  const lists = syscalls.map(({ classes }) => classes.map((name) => dictionary.internName(name)));
  let end = 0;
  const ends = lists.map(({ length }) => {
    end += length;
    return end;
  });
  const address = heap.stage((ends.length + end) * 4);
  heap.viewInts(address, ends.length + end).set([...ends, ...lists.flat()]);
  return address;
}

/**
 * Hands over address and length of each system call's direction, negative where it counts messages, and behind
 * that the directions.
 */
function stageDirections(heap: WasmHeap, syscalls: Syscall[]): number {
  const names = [...new Set(syscalls.flatMap(({ direction }) => direction ?? []))];
  const tableSize = syscalls.length * 8;
  const address = heap.stage(tableSize + names.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const places = new Map<Name, number>();
  let next = address + tableSize;
  for (const name of names) {
    places.set(name, next);
    heap.write(next, name.bytes, 0, name.bytes.length);
    next += name.bytes.length;
  }
  const table = heap.viewInts(address, syscalls.length * 2);
  for (const [i, { direction, countsMessages }] of syscalls.entries()) {
    table[i * 2] = direction === undefined ? 0 : places.get(direction)!;
    const length = direction?.bytes.length ?? 0;
    table[i * 2 + 1] = countsMessages ? -length : length;
  }
  return address;
}
