/** What a line of a log can be; every line is counted under exactly one. */
export const LINE_KINDS = [
  'complete',
  'unfinished',
  'resumed',
  'signal',
  'exit',
  'message',
  'stack',
  'dump',
  'summary',
  'output',
  'blank',
  'unparsed',
] as const;

export type LineKind = (typeof LINE_KINDS)[number];

/** Why a line could not be read. */
export const REASONS = {
  notStrace: 'not strace output',
  cutOff: 'call without its end',
  cutAtEnd: 'cut off at the end of the file',
  noReturn: 'call without a return value',
  noEvent: 'leader without an event',
  badResumed: 'resumed call without a return value',
  tooLong: 'line longer than 64 MiB',
} as const;

const SAMPLES = 5;
const SAMPLE_LENGTH = 200;
const decoder = new TextDecoder();

/** Lines of one unparsed reason. */
export interface Unparsed {
  reason: string;
  count: number;
  samples: { line: number; text: string }[];
}

/** Counts lines by kind and keeps a few samples of those that could not be read. */
export class Census {
  readonly counts: Record<LineKind, number> = Object.fromEntries(
    LINE_KINDS.map((kind) => [kind, 0]),
  ) as Record<LineKind, number>;
  #unparsed = new Map<string, Unparsed>();

  /** Counts a line of a kind. */
  count(kind: LineKind): void {
    this.counts[kind]++;
  }

  /** Counts a line that could not be read, under a reason, with its text as a sample. */
  addUnparsed(reason: string, line: number, bytes: Uint8Array, start: number, end: number): void {
    this.counts.unparsed++;
    let entry = this.#unparsed.get(reason);
    if (entry === undefined) {
      entry = { reason, count: 0, samples: [] };
      this.#unparsed.set(reason, entry);
    }
    entry.count++;
    if (entry.samples.length < SAMPLES) {
      const text = decoder.decode(bytes.subarray(start, Math.min(end, start + SAMPLE_LENGTH)));
      entry.samples.push({ line, text });
    }
  }

  /** Adds the counts of a later part of the same log. */
  merge(counts: Record<LineKind, number>, unparsed: Unparsed[]): void {
    for (const kind of LINE_KINDS) this.counts[kind] += counts[kind];
    for (const { reason, count, samples } of unparsed) {
      const entry = this.#unparsed.get(reason);
      if (entry === undefined) {
        this.#unparsed.set(reason, { reason, count, samples: samples.slice(0, SAMPLES) });
        continue;
      }
      entry.count += count;
      entry.samples.push(...samples.slice(0, SAMPLES - entry.samples.length));
    }
  }

  /** Reasons, the most frequent first. */
  get unparsed(): Unparsed[] {
    return [...this.#unparsed.values()].sort((a, b) => b.count - a.count);
  }
}
