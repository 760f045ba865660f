import { beforeEach, expect, test } from 'vitest';
import { readWithin } from '../../lib/lake/time-limit.ts';

let clock: number;
beforeEach(() => {
  clock = 0;
});

// Only the length is looked at.
const chunk = { length: 1e8 } as Uint8Array;

test('passes a log on that is read in time, however late its end is seen', async () => {
  const read: Uint8Array[] = [];
  for await (const part of readWithin(readAt([1, 2, 3]), { end: 3, now: () => clock }))
    read.push(part);
  expect(read).toEqual([chunk, chunk, chunk]);
});

test('refuses a log that is still going on after the time, saying how far it got', async () => {
  const reading = readWithin(readAt([1, 2, 600_001]), { end: 600_000, now: () => clock });
  await expect(drain(reading)).rejects.toMatchObject({
    title: 'log too large',
    detail: expect.stringContaining('0.2 GB of it were read in 10 minutes'),
  });
});

async function* readAt(times: number[]): AsyncGenerator<Uint8Array> {
  for (const time of times) {
    clock = time;
    yield chunk;
  }
  clock = Number.MAX_SAFE_INTEGER;
}

async function drain(log: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of log);
}
