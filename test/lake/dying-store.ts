import type { Readable } from 'node:stream';
import type { ObjectHead, ObjectStore } from '../../lib/lake/object-store.ts';

/** The process died here. */
export class DeathError extends Error {}

/**
 * A store whose process dies at the nth change it makes, half-way where a change has a middle, and
 * does nothing more after that.
 */
export class DyingStore implements ObjectStore {
  changes = 0;
  readonly #store: ObjectStore;
  readonly #diesAt: number;

  constructor(store: ObjectStore, diesAt: number) {
    this.#store = store;
    this.#diesAt = diesAt;
  }

  head(bucket: string, key: string): Promise<ObjectHead | undefined> {
    this.#live();
    return this.#store.head(bucket, key);
  }

  list(bucket: string, prefix: string): Promise<ObjectHead[]> {
    this.#live();
    return this.#store.list(bucket, prefix);
  }

  read(bucket: string, key: string, versionId?: string): Promise<Readable> {
    this.#live();
    return this.#store.read(bucket, key, versionId);
  }

  readRange(...request: Parameters<ObjectStore['readRange']>): Promise<Uint8Array> {
    this.#live();
    return this.#store.readRange(...request);
  }

  readText(bucket: string, key: string): Promise<string | undefined> {
    this.#live();
    return this.#store.readText(bucket, key);
  }

  async writeText(...request: Parameters<ObjectStore['writeText']>): Promise<void> {
    this.#change();
    await this.#store.writeText(...request);
  }

  async writeStream(
    bucket: string,
    key: string,
    body: AsyncIterable<Uint8Array>,
    contentType: string,
  ): Promise<void> {
    if (this.changes + 1 === this.#diesAt) {
      // What a killed multipart upload leaves is no object.
      for await (const _ of body) break;
    }
    this.#change();
    await this.#store.writeStream(bucket, key, body, contentType);
  }

  async remove(bucket: string, keys: string[]): Promise<void> {
    const isLast = this.changes + 1 === this.#diesAt;
    if (isLast) await this.#store.remove(bucket, keys.slice(0, Math.floor(keys.length / 2)));
    this.#change();
    await this.#store.remove(bucket, keys);
  }

  #change(): void {
    this.changes++;
    this.#live();
  }

  #live(): void {
    if (this.changes >= this.#diesAt) throw new DeathError(`died at change ${this.#diesAt}`);
  }
}
