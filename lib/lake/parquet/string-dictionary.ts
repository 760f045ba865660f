import { ByteDictionary } from '../../strace/byte-dictionary.ts';
import type { Name } from '../../strace/name.ts';
import { ByteSink } from './byte-sink.ts';

let nextMark = 0;

/** The distinct strings of one column in one row group, where names are numbered without look-up. */
export class StringDictionary extends ByteDictionary {
  #mark = nextMark++;

  /** Number of a name. */
  internName(name: Name): number {
    if (name.mark !== this.#mark) {
      name.mark = this.#mark;
      name.id = this.intern(name.bytes, 0, name.bytes.length);
    }
    return name.id;
  }

  override clear(): void {
    super.clear();
    this.#mark = nextMark++;
  }
}

/** A dictionary in PLAIN encoding: each string behind its length. */
export function plainDictionary(dictionary: ByteDictionary): { count: number; bytes: Uint8Array } {
  const sink = new ByteSink(dictionary.byteLength + dictionary.count * 4);
  for (let id = 0; id < dictionary.count; id++) {
    sink.putInt32(dictionary.starts[id + 1] - dictionary.starts[id]);
    sink.putBytes(dictionary.bytesOf(id));
  }
  return { count: dictionary.count, bytes: sink.view() };
}

/** Least and greatest string, copied; nothing for an empty dictionary. */
export function byteRange(dictionary: ByteDictionary): { min?: Uint8Array; max?: Uint8Array } {
  if (dictionary.count === 0) return {};
  let min = 0;
  let max = 0;
  for (let id = 1; id < dictionary.count; id++) {
    if (compareStrings(dictionary, id, min) < 0) min = id;
    if (compareStrings(dictionary, id, max) > 0) max = id;
  }
  return { min: dictionary.bytesOf(min).slice(), max: dictionary.bytesOf(max).slice() };
}

function compareStrings(dictionary: ByteDictionary, a: number, b: number): number {
  const { arena, starts } = dictionary;
  const length = Math.min(starts[a + 1] - starts[a], starts[b + 1] - starts[b]);
  for (let i = 0; i < length; i++) {
    const difference = arena[starts[a] + i] - arena[starts[b] + i];
    if (difference !== 0) return difference;
  }
  return starts[a + 1] - starts[a] - (starts[b + 1] - starts[b]);
}
