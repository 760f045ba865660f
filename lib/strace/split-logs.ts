import { LF } from './ascii.ts';
import { cutMark } from './cut-line.ts';
import { NO_TIME } from './leader.ts';
import {
  DAY,
  type PrintedTime,
  readFirstTime,
  type SplitLog,
  SplitLogReader,
} from './split-log-reader.ts';

export type { SplitLog } from './split-log-reader.ts';

const CHUNK_BYTES = 1 << 16;
const OPENED_AT_ONCE = 16;
const NOTHING = new Uint8Array(0);

/** A file and where its first line stands in the merge. */
interface Entry {
  log: SplitLog;
  seconds: number;
  nanos: number;
}

/**
 * Merges the files of an `strace -ff` run into one log of `PID line` lines, by their times; without
 * times file after file, in order of pid. What -r prints counts from the line before in whichever file: of
 * several files it tells nothing, and is left out. A file is open only from its first line to its last, so
 * that memory grows with the threads alive at once, not with the files.
 */
export async function* mergeSplitLogs(logs: readonly SplitLog[]): AsyncGenerator<Uint8Array> {
  const waiting = (await placeLogs(logs)).reverse();
  const live = new ReaderHeap();
  const output = new LineBuffer(logs.length > 1);
  let reader: SplitLogReader | undefined;
  try {
    while (waiting.length > 0 || live.size > 0) {
      while (waiting.length > 0 && (!live.first || !isBefore(live.first, waiting.at(-1)!))) {
        const { log, seconds } = waiting.pop()!;
        reader = new SplitLogReader(log, seconds);
        if (await reader.next()) live.push(reader);
      }
      reader = live.pop();
      if (!reader) continue;
      let isOpen = true;
      do {
        output.add(reader);
        isOpen = reader.advance() || (await reader.next());
        if (output.length >= CHUNK_BYTES) yield output.take();
      } while (isOpen && (reader.isUntimed || isNext(reader, live.first, waiting.at(-1))));
      if (isOpen) live.push(reader);
    }
    if (output.length > 0) yield output.take();
  } finally {
    await reader?.close();
    await live.close();
  }
}

/** Finds the first time of every file; the order in which to open them. */
async function placeLogs(logs: readonly SplitLog[]): Promise<Entry[]> {
  const times = await readFirstTimes(logs);
  const start = findStart(times.filter((time) => time !== undefined));
  const entries = logs.map((log, i): Entry => {
    const time = times[i];
    if (!time) return { log, seconds: Number.POSITIVE_INFINITY, nanos: 0 };
    const sinceStart = time.seconds - start;
    const seconds = time.isTimeOfDay ? (sinceStart + DAY) % DAY : sinceStart;
    return { log, seconds, nanos: time.nanos };
  });
  return entries.sort((a, b) => {
    if (a.seconds !== b.seconds) return a.seconds < b.seconds ? -1 : 1;
    return a.nanos - b.nanos || a.log.pid - b.log.pid;
  });
}

async function readFirstTimes(logs: readonly SplitLog[]): Promise<(PrintedTime | undefined)[]> {
  const times: (PrintedTime | undefined)[] = [];
  let next = 0;
  const work = async () => {
    while (next < logs.length) {
      const at = next++;
      times[at] = await readFirstTime(logs[at]);
    }
  };
  await Promise.all(Array.from({ length: OPENED_AT_ONCE }, work));
  return times;
}

/**
 * Seconds at which the recording began. Times of day stand on a circle: a recording that leaves out
 * more than half of the day in one piece began behind that piece, perhaps before midnight.
 */
function findStart(times: PrintedTime[]): number {
  const seconds = times.map((time) => time.seconds).sort((a, b) => a - b);
  if (seconds.length === 0) return 0;
  if (times.every((time) => time.isTimeOfDay)) {
    for (let i = 1; i < seconds.length; i++) {
      if (seconds[i] - seconds[i - 1] > DAY / 2) return seconds[i];
    }
  }
  return seconds[0];
}

/** Whether the reader may go on because no other file has an earlier line. */
function isNext(
  reader: SplitLogReader,
  live: SplitLogReader | undefined,
  waiting: Entry | undefined,
): boolean {
  return (
    !(live && isBefore(live, reader)) &&
    !(waiting && isBefore({ seconds: waiting.seconds, nanos: waiting.nanos }, reader))
  );
}

function isBefore(
  a: { seconds: number; nanos: number },
  b: { seconds: number; nanos: number },
): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}

/** Readers by the place of their current line, then by pid. */
class ReaderHeap {
  #items: SplitLogReader[] = [];

  get size(): number {
    return this.#items.length;
  }

  get first(): SplitLogReader | undefined {
    return this.#items[0];
  }

  push(reader: SplitLogReader): void {
    const items = this.#items;
    let at = items.push(reader) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isFirst(items[at], items[parent])) return;
      [items[at], items[parent]] = [items[parent], items[at]];
      at = parent;
    }
  }

  pop(): SplitLogReader | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (!last || items.length === 0) return last;
    items[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && isFirst(items[child], items[least])) least = child;
      }
      if (least === at) return top;
      [items[at], items[least]] = [items[least], items[at]];
      at = least;
    }
  }

  async close(): Promise<void> {
    for (const reader of this.#items) await reader.close();
  }
}

function isFirst(a: SplitLogReader, b: SplitLogReader): boolean {
  return isBefore(a, b) || (!isBefore(b, a) && a.pid < b.pid);
}

/** Lines of the merged log on their way out. */
class LineBuffer {
  length = 0;
  #bytes = new Uint8Array(2 * CHUNK_BYTES);
  readonly #isOfSeveral: boolean;

  constructor(isOfSeveral: boolean) {
    this.#isOfSeveral = isOfSeveral;
  }

  /**
   * Adds the current line; `PID ` goes before it unless it is attached or has a pid already, and a
   * mark behind it when it is cut off.
   */
  add(reader: SplitLogReader): void {
    const { end, leader } = reader;
    const isRelative = leader.pid < 0 && leader.clock === NO_TIME && leader.relative >= 0;
    const isDropped = this.#isOfSeveral && isRelative && !reader.isAttached;
    const start = isDropped ? leader.eventStart : reader.start;
    const prefix = reader.isAttached || leader.pid >= 0 ? '' : `${reader.pid} `;
    const tail = reader.isCut ? cutMark : NOTHING;
    const needed = this.length + prefix.length + end - start + tail.length + 1;
    if (needed > this.#bytes.length) this.#grow(needed);
    const bytes = this.#bytes;
    let at = this.length;
    for (let i = 0; i < prefix.length; i++) bytes[at++] = prefix.charCodeAt(i);
    bytes.set(reader.bytes.subarray(start, end), at);
    at += end - start;
    bytes.set(tail, at);
    at += tail.length;
    bytes[at++] = LF;
    this.length = at;
  }

  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(2 * needed);
    bytes.set(this.#bytes.subarray(0, this.length));
    this.#bytes = bytes;
  }
}
