import { expect, it } from 'vitest';
import { parseInstant } from '../../lib/reports/instants.ts';

const day = BigInt(Date.parse('2026-11-23T00:00:00Z')) * 1_000_000n;
const second = 1_000_000_000n;
const overMidnight = {
  start_time: '2026-11-23T23:50:00.000000000Z',
  end_time: '2026-11-24T00:10:00.000000000Z',
};

it.each<[string, bigint]>([
  ['2026-11-23', day],
  ['2026-11-23T00:01', day + 60n * second],
  ['2026-11-23T00:00:01Z', day + second],
  ['2026-11-23 00:00:01', day + second],
  ['2026-11-23T00:00:01.5Z', day + second + second / 2n],
  ['2026-11-23T00:00:01.123456789Z', day + second + 123456789n],
  ['2026-11-23T02:00:00+02:00', day],
  ['2026-11-23T02:00:00 02:00', day],
  ['2026-11-22T19:00:00-0500', day],
])('reads %s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant);
});

it.each<[string, bigint]>([
  ['23:55:00', day + 86_100n * second],
  ['00:05:00.000001', day + 86_700n * second + 1000n],
  ['23:45', day + 85_500n * second],
  ['12:00', day + 43_200n * second],
])('reads %s as a time of the session over midnight', (text, instant) => {
  expect(parseInstant(text, overMidnight)).toBe(instant);
});

it.each([
  '',
  'now',
  '2026-13-01',
  '2026-02-30',
  '2026-11-23T25:00',
  '2026-11-23T00:00:61Z',
  '9999-01-01',
  '1600-01-01',
  '2026-11-23T00:00:00.1234567890Z',
])('does not read %s', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

it('reads no time of day when the log has no times', () => {
  expect(parseInstant('09:00:00', { start_time: null })).toBeUndefined();
  expect(parseInstant('09:00:00')).toBeUndefined();
});
