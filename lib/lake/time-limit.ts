import { LogRefusedError } from './errors.ts';

/** How long a log may be read. */
export interface TimeLimit {
  /** Milliseconds from 1970 after which nothing more is read. */
  end: number;
  now(): number;
}

/**
 * Passes a log on while there is time; throws LogRefusedError after it: no retry would get further,
 * and a function that is killed in the middle could not say why.
 */
export async function* readWithin(
  log: AsyncIterable<Uint8Array>,
  { end, now }: TimeLimit,
): AsyncGenerator<Uint8Array> {
  const start = now();
  let bytes = 0;
  for await (const chunk of log) {
    if (now() > end) throw tooLarge(bytes, now() - start);
    bytes += chunk.length;
    yield chunk;
  }
}

function tooLarge(bytes: number, milliseconds: number): LogRefusedError {
  const gigabytes = (bytes / 1e9).toFixed(1);
  const minutes = Math.round(milliseconds / 60_000);
  return new LogRefusedError(
    'log too large',
    `${gigabytes} GB of it were read in ${minutes} minutes, and an ingest has no more time. ` +
      'Record less (strace -e trace=..., a smaller -s) or upload it in pieces; the log itself is kept.',
  );
}
