import { EPOCH, type Leader, MAX_SECONDS, NO_TIME } from './leader.ts';

const DAY = 86_400;
const HALF_DAY = DAY / 2;

/** Dates a log whose lines carry only a time of day. */
export interface ClockBase {
  /** Midnight (UTC) of the first line's date, seconds since 1970. */
  midnight: number;
  /** Offset of the log's local time from UTC, seconds east. */
  utcOffset: number;
}

/**
 * Turns the times of lines into seconds since 1970. A time of day that drops by more than half a
 * day is the next day, one that jumps ahead by more than that the day before (late lines around
 * midnight). With -r alone, time counts from 0 at the first line.
 */
export class Clock {
  /** Seconds since 1970 of the last line, -1 when it had no time; nanoseconds within the second. */
  seconds = -1;
  nanos = 0;
  #base: number;
  #day = 0;
  #timeOfDay = -1;
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
  snapshot(): { day: number; timeOfDay: number; elapsed: number } {
    return { day: this.#day, timeOfDay: this.#timeOfDay, elapsed: this.#elapsed };
  }

  /** Goes on from a snapshot. */
  restore(snapshot: { day: number; timeOfDay: number; elapsed: number }): void {
    this.#day = snapshot.day;
    this.#timeOfDay = snapshot.timeOfDay;
    this.#elapsed = snapshot.elapsed;
  }

  #advanceDay(timeOfDay: number): void {
    const step = this.#timeOfDay < 0 ? 0 : timeOfDay - this.#timeOfDay;
    if (step < -HALF_DAY) this.#day++;
    else if (step > HALF_DAY && this.#day > 0) this.#day--;
    this.#timeOfDay = timeOfDay;
  }
}
