import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DictionaryColumn } from '../../lib/lake/parquet/dictionary-column.ts';
import { WasmHeap } from '../../lib/lake/wasm/wasm-heap.ts';
import { Name } from '../../lib/strace/name.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', '\0', '\0\0', 'a', 'aa', '/usr/lib/libc.so.6', '/usr/lib/libm.so.6'),
);

describe('the distinct strings of a column', () => {
  it('are numbered in order of first appearance', () => {
    const heap = new WasmHeap();
    const column = new DictionaryColumn('word', heap);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 200 }), (texts) => {
        column.reserve(texts.length);
        addAll(column, texts);
        expect(column.dictionary.texts()).toEqual([...new Set(texts)]);
        expectRange(column, texts);
        column.clear(texts.length);
        expect(column.dictionary.count).toBe(0);
      }),
    );
  });

  it('may be many and long, and are found again', () => {
    const heap = new WasmHeap();
    const column = new DictionaryColumn('word', heap);
    const texts = Array.from({ length: 30_000 }, (_, i) => `${i} `.repeat(1 + (i % 50)));
    column.reserve(texts.length * 2);
    addAll(column, [...texts, ...texts.toReversed()]);
    expect(column.dictionary.texts()).toEqual(texts);
  });

  it('are found as names and as bytes, in every row group', () => {
    const heap = new WasmHeap();
    const column = new DictionaryColumn('word', heap);
    const name = new Name('read');
    column.reserve(3);
    for (let group = 0; group < 2; group++) {
      if (group === 1) addAll(column, ['write']);
      column.setName(1, name);
      column.setBytes(2, name.bytes, 0, name.bytes.length);
      expect(column.dictionary.texts()).toEqual(group === 0 ? ['read'] : ['write', 'read']);
      column.clear(3);
    }
  });
});

function addAll(column: DictionaryColumn, texts: readonly string[]): void {
  for (const [row, each] of texts.entries()) {
    const bytes = Buffer.from(`<${each}>`);
    column.setBytes(row, bytes, 1, bytes.length - 1);
  }
}

function expectRange(column: DictionaryColumn, texts: readonly string[]): void {
  const sorted = texts.map((each) => Buffer.from(each)).sort(Buffer.compare);
  const { min, max } = column.dictionary.range();
  expect(min && Buffer.from(min)).toEqual(sorted[0]);
  expect(max && Buffer.from(max)).toEqual(sorted.at(-1));
}
