/** A source that can be looked at before it is read, counts its bytes and remembers its own failure. */
export class MeteredInput {
  /** Bytes read so far. */
  bytes = 0;
  /** What the source threw, if it did. */
  failure: unknown;
  readonly #iterator: AsyncIterator<Uint8Array>;
  #peeked: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** The first `length` bytes or more, or all there are; they are read again by `read`. */
  async peek(length: number): Promise<Uint8Array> {
    const pieces = [this.#peeked];
    for (let size = this.#peeked.length; size < length; ) {
      const chunk = await this.#next();
      if (!chunk) break;
      pieces.push(chunk);
      size += chunk.length;
    }
    if (pieces.length > 1) this.#peeked = Buffer.concat(pieces);
    return this.#peeked;
  }

  /** All bytes, those looked at first. */
  async *read(): AsyncGenerator<Uint8Array> {
    try {
      const first = this.#peeked;
      this.#peeked = new Uint8Array(0);
      if (first.length > 0) {
        this.bytes += first.length;
        yield first;
      }
      for (let chunk = await this.#next(); chunk; chunk = await this.#next()) {
        this.bytes += chunk.length;
        yield chunk;
      }
    } finally {
      await this.close();
    }
  }

  /** Lets go of a source that is not read to its end. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const result = await this.#iterator.next();
      return result.done ? undefined : result.value;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
