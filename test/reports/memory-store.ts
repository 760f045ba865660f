import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ObjectHead, ObjectStore } from '../../lib/lake/object-store.ts';

/** Objects in memory, for tests of what reads and writes a few small ones. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, { bytes: Buffer; lastModified: Date }>();

  async head(bucket: string, key: string): Promise<ObjectHead | undefined> {
    const object = this.objects.get(`${bucket}/${key}`);
    if (!object) return undefined;
    const { bytes, lastModified } = object;
    const etag = createHash('md5').update(bytes).digest('hex');
    return { key, etag, size: bytes.length, lastModified, metadata: {} };
  }

  async list(bucket: string, prefix: string): Promise<ObjectHead[]> {
    const start = `${bucket}/${prefix}`;
    const names = [...this.objects.keys()].filter((name) => name.startsWith(start)).sort();
    const heads = names.map((name) => this.head(bucket, name.slice(bucket.length + 1)));
    return (await Promise.all(heads)).filter((head) => head !== undefined);
  }

  async read(bucket: string, key: string): Promise<Readable> {
    return Readable.from([Buffer.from(this.objects.get(`${bucket}/${key}`)!.bytes)]);
  }

  async readRange(bucket: string, key: string, start: number, length: number): Promise<Uint8Array> {
    return this.objects.get(`${bucket}/${key}`)!.bytes.subarray(start, start + length);
  }

  async readText(bucket: string, key: string): Promise<string | undefined> {
    return this.objects.get(`${bucket}/${key}`)?.bytes.toString();
  }

  async writeText(bucket: string, key: string, text: string): Promise<void> {
    this.objects.set(`${bucket}/${key}`, { bytes: Buffer.from(text), lastModified: new Date() });
  }

  async writeStream(bucket: string, key: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    this.objects.set(`${bucket}/${key}`, { bytes, lastModified: new Date() });
  }

  async remove(bucket: string, keys: string[]): Promise<void> {
    for (const key of keys) this.objects.delete(`${bucket}/${key}`);
  }
}
