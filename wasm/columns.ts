// What lib/lake/parquet calls: columns as addresses, and numbers as JavaScript has them.
import { Dictionary } from './dictionary';
import { DictionaryColumn } from './dictionary-column';
import { Int64Column } from './int64-column';
import { IntColumn } from './int-column';
import { ListColumn } from './list-column';
import { TextColumn } from './text-column';

const BILLION: i64 = 1_000_000_000;

export function internString(dictionary: Dictionary, at: usize, length: i32): i32 {
  return dictionary.intern(at, length);
}

export function stringCount(dictionary: Dictionary): i32 {
  return dictionary.count;
}

export function stringAddress(dictionary: Dictionary, id: i32): usize {
  return dictionary.addressOf(id);
}

export function stringLength(dictionary: Dictionary, id: i32): i32 {
  return dictionary.lengthOf(id);
}

export function leastString(dictionary: Dictionary): i32 {
  return dictionary.extreme(1);
}

export function greatestString(dictionary: Dictionary): i32 {
  return dictionary.extreme(-1);
}

export function dictionaryPageAddress(dictionary: Dictionary): usize {
  return dictionary.arena;
}

export function dictionaryPageLength(dictionary: Dictionary): i32 {
  return dictionary.size;
}

export function makeDictionaryColumn(): DictionaryColumn {
  return DictionaryColumn.make();
}

export function dictionaryOf(column: DictionaryColumn): Dictionary {
  return column.dictionary;
}

export function reserveDictionaryColumn(column: DictionaryColumn, rows: i32): void {
  column.reserve(rows);
}

export function setDictionaryNumber(column: DictionaryColumn, row: i32, number: i32): void {
  column.set(row, number);
}

export function setDictionaryBytes(c: DictionaryColumn, row: i32, at: usize, length: i32): void {
  c.setBytes(row, at, length);
}

export function putDictionaryColumnPage(column: DictionaryColumn, start: i32, end: i32): void {
  column.putPage(start, end);
}

export function clearDictionaryColumn(column: DictionaryColumn, rows: i32): void {
  column.clear(rows);
}

export function makeListColumn(): ListColumn {
  return ListColumn.make();
}

export function listDictionaryOf(column: ListColumn): Dictionary {
  return column.dictionary;
}

export function reserveListColumn(column: ListColumn, rows: i32): void {
  column.reserve(rows);
}

export function addListBytes(column: ListColumn, row: i32, at: usize, length: i32): void {
  column.add(row, at, length);
}

export function putListColumnPage(column: ListColumn, start: i32, end: i32): void {
  column.putPage(start, end);
}

export function clearListColumn(column: ListColumn, rows: i32): void {
  column.clear(rows);
}

export function makeTextColumn(): TextColumn {
  return TextColumn.make();
}

export function reserveTextColumn(column: TextColumn, rows: i32): void {
  column.reserve(rows);
}

export function takeText(column: TextColumn, row: i32, length: i32): usize {
  return column.take(row, length);
}

export function textPageCount(column: TextColumn): i32 {
  return column.pages;
}

export function putTextColumnPage(column: TextColumn, number: i32, rows: i32): void {
  column.putPage(number, rows);
}

export function clearTextColumn(column: TextColumn, rows: i32): void {
  column.clear(rows);
}

export function makeIntColumn(): IntColumn {
  return IntColumn.make();
}

export function reserveIntColumn(column: IntColumn, rows: i32): void {
  column.reserve(rows);
}

export function setInt(column: IntColumn, row: i32, value: i32): void {
  column.set(row, value);
}

export function numberInts(column: IntColumn, rows: i32): i32 {
  return column.number(rows);
}

export function leastInt(column: IntColumn): i32 {
  return column.least;
}

export function greatestInt(column: IntColumn): i32 {
  return column.greatest;
}

export function putIntDictionary(column: IntColumn): void {
  column.putDictionary();
}

export function putIntColumnPage(column: IntColumn, start: i32, end: i32): void {
  column.putPage(start, end);
}

export function clearIntColumn(column: IntColumn, rows: i32): void {
  column.clear(rows);
}

export function makeInt64Column(): Int64Column {
  return Int64Column.make();
}

export function reserveInt64Column(column: Int64Column, rows: i32): void {
  column.reserve(rows);
}

export function setInt64(column: Int64Column, row: i32, low: i32, high: i32): void {
  column.set(row, (<i64>high << 32) | <i64>(<u32>low));
}

export function setInt64Number(column: Int64Column, row: i32, value: f64): void {
  column.set(row, <i64>value);
}

export function setInt64Time(column: Int64Column, row: i32, seconds: f64, nanos: i32): void {
  column.set(row, <i64>seconds * BILLION + nanos);
}

export function countInt64s(column: Int64Column, rows: i32): i32 {
  return column.count(0, rows);
}

export function rangeInt64s(column: Int64Column, rows: i32): void {
  column.findRange(rows);
}

export function numberInt64s(column: Int64Column, rows: i32): i32 {
  return column.number(rows);
}

export function leastInt64(column: Int64Column): i64 {
  return column.least;
}

export function greatestInt64(column: Int64Column): i64 {
  return column.greatest;
}

export function distinctInt64s(column: Int64Column): usize {
  return column.dictionary.values;
}

export function putInt64Deltas(column: Int64Column, start: i32, end: i32): void {
  column.putDeltas(start, end);
}

export function putInt64Plain(column: Int64Column, start: i32, end: i32): void {
  column.putPlain(start, end);
}

export function putInt64Indexes(column: Int64Column, start: i32, end: i32): void {
  column.putIndexes(start, end);
}

export function clearInt64Column(column: Int64Column, rows: i32): void {
  column.clear(rows);
}
