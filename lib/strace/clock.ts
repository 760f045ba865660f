import { EPOCH, type Leader, MAX_SECONDS, NO_TIME } from './leader.ts';

const DAY = 86_400;
const HALF_DAY = DAY / 2;
const HOUR = 3600;
const MINUTE = 60;

/** Dates a log whose lines carry only a time of day. */
export interface ClockBase {
  /** Midnight (UTC) of the first line's date, seconds since 1970. */
  midnight: number;
  /** Offset of the log's local time from UTC, seconds east. */
  utcOffset: number;
}

/** What a clock remembers, as plain values. */
interface ClockSnapshot {
  day: number;
  timeOfDay: number;
  isOrdered: boolean;
  jumpedFrom: number;
  jumpedDay: number;
  elapsed: number;
}

/**
 * Turns the times of lines into seconds since 1970. strace prints lines in order of time, so that a
 * time of day that drops by more than an hour (what a clock may be set back) is the next day. In a
 * log with late lines (-z), what is nearest wins. One line that is hours away from both of its
 * neighbours (late, or garbled) says nothing of the others. With -r alone, time counts from 0.
 */
export class Clock {
  /** Seconds since 1970 of the last line, -1 when it had no time; nanoseconds within the second. */
  seconds = -1;
  nanos = 0;
  #base: number;
  #day = 0;
  #timeOfDay = -1;
  /** No line so far was earlier than the one before it. */
  #isOrdered = true;
  /** Time and day of the line before the last one, when the last one was hours away; else -1. */
  #jumpedFrom = -1;
  #jumpedDay = 0;
  #elapsed = -1;

  constructor(base: ClockBase) {
    this.#base = base.midnight - base.utcOffset;
  }

  /** Reads the time of the line whose leader this is. */
  advance(leader: Leader): void {
    if (leader.clock === EPOCH) {
      this.seconds = leader.seconds;
      this.nanos = leader.nanos;
    } else if (leader.clock !== NO_TIME) {
      this.#advanceDay(leader.seconds);
      this.seconds = this.#base + this.#day * DAY + leader.seconds;
      this.nanos = leader.nanos;
    } else if (leader.relative >= 0) {
      this.#elapsed = Math.min(Math.max(this.#elapsed, 0) + leader.relative, MAX_SECONDS * 1e9);
      this.seconds = Math.floor(this.#elapsed / 1e9);
      this.nanos = this.#elapsed - this.seconds * 1e9;
    } else {
      this.seconds = -1;
      this.nanos = 0;
    }
  }

  /** Seconds since 1970 at the midnight before the last time of day. */
  get dayStart(): number {
    return this.#base + this.#day * DAY;
  }

  /** The last time of day, seconds; -1 before any. */
  get timeOfDay(): number {
    return this.#timeOfDay;
  }

  /** Whether a time of day within the next hour is of the same day, whatever came before. */
  get isSteady(): boolean {
    return this.#timeOfDay >= 0 && this.#jumpedFrom < 0;
  }

  /** Nanoseconds that relative times add up to where there are no others, -1 before any. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** Goes on behind lines that were read elsewhere, the times of which were steady. */
  skipTo(timeOfDay: number, elapsed: number): void {
    this.#timeOfDay = timeOfDay;
    this.#elapsed = elapsed;
  }

  /** What the clock remembers, as plain numbers. */
  snapshot(): ClockSnapshot {
    return {
      day: this.#day,
      timeOfDay: this.#timeOfDay,
      isOrdered: this.#isOrdered,
      jumpedFrom: this.#jumpedFrom,
      jumpedDay: this.#jumpedDay,
      elapsed: this.#elapsed,
    };
  }

  /** Goes on from a snapshot. */
  restore(snapshot: ClockSnapshot): void {
    this.#isOrdered = snapshot.isOrdered;
    this.#jumpedFrom = snapshot.jumpedFrom;
    this.#jumpedDay = snapshot.jumpedDay;
    this.#day = snapshot.day;
    this.#timeOfDay = snapshot.timeOfDay;
    this.#elapsed = snapshot.elapsed;
  }

  #advanceDay(timeOfDay: number): void {
    const last = this.#timeOfDay;
    const step = last < 0 ? 0 : timeOfDay - last;
    this.#timeOfDay = timeOfDay;
    const from = this.#jumpedFrom;
    this.#jumpedFrom = -1;
    if (step >= 0 && step <= HOUR) return;
    if (from >= 0 && timeOfDay >= from && timeOfDay <= from + MINUTE) {
      this.#day = this.#jumpedDay;
      this.#isOrdered = false;
    } else if (step < HOUR - DAY) {
      this.#day++;
    } else if (step > DAY - HOUR && this.#day > 0) {
      this.#day--;
      this.#isOrdered = false;
    } else if (step < -HOUR || step > HOUR) {
      this.#jump(last, step);
    } else {
      this.#isOrdered = false;
    }
  }

  /** Time goes hours ahead or back. */
  #jump(from: number, step: number): void {
    this.#jumpedFrom = from;
    this.#jumpedDay = this.#day;
    const late = this.#isOrdered ? DAY : HALF_DAY;
    if (step < late - DAY) this.#day++;
    else if (step > late && this.#day > 0) this.#day--;
    else if (step < 0) this.#isOrdered = false;
  }
}
