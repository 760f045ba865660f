import { EPOCH, type Leader, MAX_SECONDS, NO_TIME } from './leader.ts';

const DAY = 86_400;
const HALF_DAY = DAY / 2;
const HOUR = 3600;

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
  elapsed: number;
}

/**
 * Turns the times of lines into seconds since 1970. strace prints lines in order of time, so that a
 * time of day that drops by more than an hour (what a clock may be set back) is the next day. In a
 * log with late lines (-z), what is nearest wins. With -r alone, time counts from 0.
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

  /** What the clock remembers, as plain numbers. */
  snapshot(): ClockSnapshot {
    return {
      day: this.#day,
      timeOfDay: this.#timeOfDay,
      isOrdered: this.#isOrdered,
      elapsed: this.#elapsed,
    };
  }

  /** Goes on from a snapshot. */
  restore(snapshot: ClockSnapshot): void {
    this.#isOrdered = snapshot.isOrdered;
    this.#day = snapshot.day;
    this.#timeOfDay = snapshot.timeOfDay;
    this.#elapsed = snapshot.elapsed;
  }

  #advanceDay(timeOfDay: number): void {
    const step = this.#timeOfDay < 0 ? 0 : timeOfDay - this.#timeOfDay;
    this.#timeOfDay = timeOfDay;
    if (step >= 0 && step <= HALF_DAY) return;
    const late = this.#isOrdered ? HOUR : HALF_DAY;
    if (step < -late) {
      this.#day++;
      return;
    }
    const isDayBefore = this.#day > 0 && step > DAY - late;
    if (isDayBefore) this.#day--;
    if (step < 0 || isDayBefore) this.#isOrdered = false;
  }
}
