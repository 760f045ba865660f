const number = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
const BINARY_STEP = 1000;

/** A number with its thousands apart: `1,234.5`. */
export function printNumber(value: number): string {
  return number.format(value);
}

/** Bytes in the largest unit that leaves a digit before the point: `12.3 MB`. */
export function printBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= BINARY_STEP && unit < BYTE_UNITS.length - 1) {
    value /= BINARY_STEP;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** Nanoseconds in a unit that suits them: `1.25 ms`. */
export function printDuration(ns: number): string {
  const size = Math.abs(ns);
  if (size === 0) return '0';
  if (size < 1e3) return `${Math.round(ns)} ns`;
  if (size < 1e6) return `${trim(ns / 1e3)} µs`;
  if (size < 1e9) return `${trim(ns / 1e6)} ms`;
  if (size < 120e9) return `${trim(ns / 1e9)} s`;
  if (size < 7200e9) return `${trim(ns / 60e9)} min`;
  return `${trim(ns / 3600e9)} h`;
}

/** Nanoseconds between two instants such as `2026-11-23T09:23:46.107746000Z`. */
export function nsBetween(start: string, end: string): number {
  return Number(instantNs(end) - instantNs(start));
}

/** Nanoseconds since 1970-01-01 UTC of an ISO instant with up to nine digits. */
export function instantNs(text: string): bigint {
  const [, whole = '', fraction = ''] = /^([^.Z]+)(?:\.(\d+))?Z?$/.exec(text) ?? [];
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

/** ISO instant with nine digits of nanoseconds since 1970-01-01 UTC. */
export function printInstant(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/** Time of day of an instant, without the zeros that say nothing: `09:23:46.1077`. */
export function printTime(ns: bigint): string {
  return printInstant(ns)
    .slice(11, 29)
    .replace(/\.?0+$/, '');
}

/** Day and minute of an ISO instant in UTC: `2026-11-23 09:23`. */
export function printDay(text: string): string {
  return text.slice(0, 16).replace('T', ' ');
}

function trim(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
