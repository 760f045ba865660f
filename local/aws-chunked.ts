const CRLF = Buffer.from('\r\n');
const MAX_LINE = 8192;

/**
 * Takes the framing off an upload that is sent `aws-chunked`, signed or not, with trailers or
 * without: `<hex size>[;chunk-signature=...]\r\n<data>\r\n ... 0\r\n[trailers]\r\n`.
 * Throws when the framing is broken or the end is missing.
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let pending = Buffer.alloc(0);
  /** Bytes left of the current chunk; -1 before a size line, -2 behind a chunk's data. */
  let left = -1;
  let isEnded = false;
  for await (const piece of body) {
    if (isEnded) continue;
    pending = pending.length === 0 ? Buffer.from(piece) : Buffer.concat([pending, piece]);
    while (pending.length > 0 && !isEnded) {
      if (left > 0) {
        const data = pending.subarray(0, left);
        yield data;
        left -= data.length;
        pending = pending.subarray(data.length);
        if (left === 0) left = -2;
        continue;
      }
      const end = pending.indexOf(CRLF);
      if (end < 0) {
        if (pending.length > MAX_LINE) throw new Error('aws-chunked upload has a line too long');
        break;
      }
      const line = pending.subarray(0, end).toString('latin1');
      pending = pending.subarray(end + CRLF.length);
      if (left === -2) {
        if (line !== '') throw new Error('aws-chunked upload has a chunk of the wrong size');
        left = -1;
        continue;
      }
      left = parseSize(line);
      isEnded = left === 0;
    }
  }
  if (!isEnded) throw new Error('aws-chunked upload ends too early');
}

function parseSize(line: string): number {
  const match = /^([0-9a-fA-F]{1,8})(?:;|$)/.exec(line);
  if (!match) throw new Error(`aws-chunked upload has a bad chunk size: ${line.slice(0, 40)}`);
  return Number.parseInt(match[1], 16);
}
