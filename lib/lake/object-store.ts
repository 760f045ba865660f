import type { Readable } from 'node:stream';

/** What a store knows of one object without reading it. */
export interface ObjectHead {
  key: string;
  /** Entity tag without quotes. */
  etag: string;
  versionId?: string;
  /** Size in bytes. */
  size: number;
  lastModified: Date;
  /** User metadata, names in lower case and without `x-amz-meta-`. */
  metadata: Record<string, string>;
}

/** Keys behind `after`, up to `until`. */
export interface KeyRange {
  after: string;
  until: string;
}

/** The few things the lake asks of S3; one adapter, `S3ObjectStore`, serves cloud and embedded stack. */
export interface ObjectStore {
  /** Head of the object, or undefined when there is none. */
  head(bucket: string, key: string): Promise<ObjectHead | undefined>;
  /**
   * Every object below a prefix, in key order; `metadata` is empty. A range spares the requests for
   * what lies outside of it, some of which may come nevertheless.
   */
  list(bucket: string, prefix: string, range?: KeyRange): Promise<ObjectHead[]>;
  /** Bytes of the object as a stream; its pieces are the reader's own. */
  read(bucket: string, key: string, versionId?: string): Promise<Readable>;
  /** At most `length` bytes (over 0) of the object from `start` on, which must lie inside it. */
  readRange(
    bucket: string,
    key: string,
    start: number,
    length: number,
    versionId?: string,
  ): Promise<Uint8Array>;
  /** Whole text of a small object, or undefined when there is none. */
  readText(bucket: string, key: string): Promise<string | undefined>;
  /** Stores a small object. */
  writeText(bucket: string, key: string, text: string, contentType: string): Promise<void>;
  /** Stores a stream of unknown length (multipart); the object appears only when it is complete. */
  writeStream(
    bucket: string,
    key: string,
    body: AsyncIterable<Uint8Array>,
    contentType: string,
  ): Promise<void>;
  /** Deletes objects; missing ones are no error. */
  remove(bucket: string, keys: string[]): Promise<void>;
}
