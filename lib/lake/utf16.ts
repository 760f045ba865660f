import { MeteredInput } from './metered-input.ts';

/** Encodings that are told by their byte order mark. */
const MARKS = [
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
] as const;

/**
 * Passes a log on, from UTF-16 to UTF-8 where it begins with the mark of UTF-16: what `adb shell strace ... > a.log`
 * leaves behind in PowerShell. Whatever has no such mark passes untouched.
 */
export async function* decodeUtf16(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new MeteredInput(source);
  const [first, second] = await input.peek(2);
  const mark = MARKS.find(({ bytes }) => bytes[0] === first && bytes[1] === second);
  if (mark === undefined) {
    yield* input.read();
    return;
  }
  const decoder = new TextDecoder(mark.encoding);
  const encoder = new TextEncoder();
  for await (const piece of input.read())
    yield encoder.encode(decoder.decode(piece, { stream: true }));
  yield encoder.encode(decoder.decode());
}
