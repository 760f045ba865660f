import { EPOCH, type Leader, NO_TIME, TIME_OF_DAY } from './leader.ts';

/** Traits as plain values. */
export type TraitValues = Omit<RecordingTraits, 'merge' | 'observe' | 'observeTime'>;

/** What the lines of a log show of the options it was recorded with. */
export class RecordingTraits {
  hasPidColumn = false;
  hasBracketedPids = false;
  hasComms = false;
  hasTimeOfDay = false;
  hasEpoch = false;
  hasRelative = false;
  clockDigits = 0;
  /** -T. */
  hasDurations = false;
  /** Strings that -s cut short. */
  cutStrings = 0;
  /** First and last time seen, whole seconds since 1970 and nanoseconds; seconds -1 before any. */
  readonly first = { seconds: -1, nanos: 0 };
  readonly last = { seconds: -1, nanos: 0 };

  /** Adds what another part of the same log showed. */
  merge(other: TraitValues): void {
    this.hasPidColumn ||= other.hasPidColumn;
    this.hasBracketedPids ||= other.hasBracketedPids;
    this.hasComms ||= other.hasComms;
    this.hasTimeOfDay ||= other.hasTimeOfDay;
    this.hasEpoch ||= other.hasEpoch;
    this.hasRelative ||= other.hasRelative;
    this.hasDurations ||= other.hasDurations;
    this.clockDigits = Math.max(this.clockDigits, other.clockDigits);
    this.cutStrings += other.cutStrings;
    this.observeTime(other.first.seconds, other.first.nanos);
    this.observeTime(other.last.seconds, other.last.nanos);
  }

  /** Takes note of a line's leader. */
  observe(leader: Leader): void {
    if (leader.pid >= 0) {
      if (leader.isBracketed) this.hasBracketedPids = true;
      else this.hasPidColumn = true;
      if (leader.commStart >= 0) this.hasComms = true;
    }
    if (leader.clock !== NO_TIME) {
      if (leader.clock === EPOCH) this.hasEpoch = true;
      else if (leader.clock === TIME_OF_DAY) this.hasTimeOfDay = true;
      if (leader.clockDigits > this.clockDigits) this.clockDigits = leader.clockDigits;
    } else if (leader.relative >= 0) {
      this.hasRelative = true;
      if (leader.clockDigits > this.clockDigits) this.clockDigits = leader.clockDigits;
    }
  }

  /** Widens the time range of the log. */
  observeTime(seconds: number, nanos: number): void {
    const { first, last } = this;
    if (seconds > last.seconds || (seconds === last.seconds && nanos > last.nanos)) {
      last.seconds = seconds;
      last.nanos = nanos;
      if (first.seconds >= 0) return;
    }
    if (seconds < 0) return;
    if (
      first.seconds < 0 ||
      seconds < first.seconds ||
      (seconds === first.seconds && nanos < first.nanos)
    ) {
      first.seconds = seconds;
      first.nanos = nanos;
    }
  }
}
