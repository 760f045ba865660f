import {
  type FileHandle,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import S3Object from '@20minutes/s3rver/lib/models/object.js';
import FilesystemStore, {
  type ListOptions,
  type StoredContent,
} from '@20minutes/s3rver/lib/stores/filesystem.js';
import { hashContent, nameState, nullIfMissing, writeContent } from './content-file.ts';
import { MultipartUploads, type UploadedPart } from './multipart-uploads.ts';
import { listKeys } from './object-listing.ts';

type Metadata = Record<string, string | number>;

/** What lies beside an object, in its `metadata.json`. */
interface StoredMetadata {
  /** Headers to give back, user metadata among them. */
  headers: Record<string, string>;
  md5: string;
  /** Which state of the object's file this describes. */
  file: string;
}

const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'expires',
];
const DESCRIBED_AT_ONCE = 64;
// Room for the longest suffix put behind a name in a file system with names of 255 bytes.
const MAX_SEGMENT_BYTES = 230;

/**
 * S3rver's store on disk, with what S3 promises and it does not: an object is replaced in one step
 * or not at all, whatever is killed when; readers get the old or the new; lists are in key order and
 * of any length; keys cannot leave their bucket.
 */
export class ObjectFiles extends FilesystemStore {
  readonly #buckets: Set<string>;
  /** Renames and clearing of folders happen one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(rootDirectory: string, buckets: string[]) {
    super(rootDirectory);
    this.#buckets = new Set(buckets);
  }

  override async getBucket(bucket: string): Promise<{ name: string } | null> {
    return this.#buckets.has(bucket) ? super.getBucket(bucket) : null;
  }

  override getResourcePath(bucket: string, key: string | undefined, resource: string): string {
    if (key) checkKey(key);
    return super.getResourcePath(bucket, key, resource);
  }

  override async getMetadata(bucket: string, key: string): Promise<Metadata> {
    const handle = await open(this.getResourcePath(bucket, key, 'object'));
    try {
      return await this.#describe(bucket, key, handle);
    } finally {
      await handle.close();
    }
  }

  override async getObject(
    bucket: string,
    key: string,
    options: { start?: number; end?: number } = {},
  ): Promise<S3Object | null> {
    const handle = await open(this.getResourcePath(bucket, key, 'object')).catch(nullIfMissing);
    if (!handle) return null;
    const metadata = await this.#describe(bucket, key, handle);
    const last = Math.max(0, Number(metadata['content-length']) - 1);
    const range = { start: options.start ?? 0, end: Math.min(options.end ?? last, last) };
    const isRange = options.start !== undefined || options.end !== undefined;
    if (range.end < range.start || (isRange && metadata['content-length'] === 0)) {
      await handle.close();
      return Object.assign(new S3Object(bucket, key, null, metadata), { range });
    }
    const object = new S3Object(bucket, key, handle.createReadStream(range), metadata);
    return isRange ? Object.assign(object, { range }) : object;
  }

  override async putObject(object: S3Object): Promise<StoredContent> {
    const path = this.getResourcePath(object.bucket, object.key, 'object');
    const incoming = await this.#uploads(object.bucket).newFile();
    try {
      const { size, md5, file } = await writeContent(incoming, object.content);
      const stored: StoredMetadata = { headers: keptHeaders(object.metadata), md5, file };
      await writeFile(`${incoming}.json`, JSON.stringify(stored));
      await this.#inTurn(async () => {
        await mkdir(dirname(path), { recursive: true });
        await rename(
          `${incoming}.json`,
          this.getResourcePath(object.bucket, object.key, 'metadata.json'),
        );
        await rename(incoming, path);
      });
      return { size, md5 };
    } finally {
      await rm(incoming, { force: true });
      await rm(`${incoming}.json`, { force: true });
    }
  }

  override async copyObject(
    sourceBucket: string,
    sourceKey: string,
    bucket: string,
    key: string,
    metadata?: Record<string, string>,
  ): Promise<Metadata> {
    const source = await this.getObject(sourceBucket, sourceKey);
    if (!source) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
    await this.putObject(
      new S3Object(bucket, key, source.content ?? Buffer.alloc(0), metadata ?? source.metadata),
    );
    return this.getMetadata(bucket, key);
  }

  override async deleteObject(bucket: string, key: string): Promise<void> {
    await this.#inTurn(async () => {
      // The object goes first: what is left without it is no object.
      for (const resource of ['object', 'metadata.json', 'object.md5']) {
        await rm(this.getResourcePath(bucket, key, resource), { force: true });
      }
      const root = join(this.rootDirectory, bucket);
      let folder = dirname(this.getResourcePath(bucket, key, 'object'));
      while (relative(root, folder) !== '' && (await removeIfEmpty(folder)))
        folder = dirname(folder);
    });
  }

  /** All keys on one page, whatever was asked for: S3rver cannot sign the token of a second one. */
  override async listObjects(bucket: string, options: ListOptions) {
    const { delimiter, startAfter = '', prefix = '' } = options;
    const commonPrefixes = new Set<string>();
    const keys: string[] = [];
    for (const key of await listKeys(join(this.rootDirectory, bucket), prefix)) {
      const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      if (delimiter && at >= 0) commonPrefixes.add(key.slice(0, at + delimiter.length));
      else if (key > startAfter) keys.push(key);
    }
    const objects: S3Object[] = [];
    for (let from = 0; from < keys.length; from += DESCRIBED_AT_ONCE) {
      const batch = keys.slice(from, from + DESCRIBED_AT_ONCE).map(async (key) => {
        const metadata = await this.getMetadata(bucket, key).catch(nullIfMissing);
        return metadata && new S3Object(bucket, key, null, metadata);
      });
      objects.push(...(await Promise.all(batch)).filter((object) => object !== null));
    }
    return { objects, commonPrefixes: [...commonPrefixes], isTruncated: false };
  }

  override async putPart(
    bucket: string,
    uploadId: string,
    partNumber: string | number,
    content: Readable,
  ): Promise<StoredContent> {
    return await this.#uploads(bucket).putPart(uploadId, Number(partNumber), content);
  }

  override async putObjectMultipart(
    bucket: string,
    uploadId: string,
    parts: UploadedPart[],
  ): Promise<StoredContent> {
    const uploads = this.#uploads(bucket);
    const { key, metadata, content } = await uploads.open(uploadId, parts);
    const stored = await this.putObject(new S3Object(bucket, key, content, metadata));
    await uploads.remove(uploadId);
    return stored;
  }

  /** Throws away the parts of an upload. */
  async abortUpload(bucket: string, uploadId: string): Promise<void> {
    await this.#uploads(bucket).remove(uploadId);
  }

  /** Throws away what a kill left half-written, and uploads nobody went on with for a day. */
  async removeUnfinished(): Promise<void> {
    for (const bucket of this.#buckets) await this.#uploads(bucket).removeUnfinished();
  }

  #uploads(bucket: string): MultipartUploads {
    return new MultipartUploads(super.getResourcePath(bucket, undefined, 'uploads'));
  }

  async #describe(bucket: string, key: string, handle: FileHandle): Promise<Metadata> {
    const state = await handle.stat();
    const path = this.getResourcePath(bucket, key, 'metadata.json');
    const text = await readFile(path, 'utf8').catch(nullIfMissing);
    const stored = text === null ? undefined : (JSON.parse(text) as Partial<StoredMetadata>);
    const isCurrent = stored?.file === nameState(state);
    return {
      ...stored?.headers,
      // A kill between the two renames of a replacement leaves the metadata of another content.
      etag: JSON.stringify(isCurrent ? stored?.md5 : await hashContent(handle)),
      'last-modified': state.mtime.toUTCString(),
      'content-length': state.size,
    };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** File on disk with the bytes of an object. */
export function fileOfObject(rootDirectory: string, bucket: string, key: string): string {
  checkKey(key);
  return join(rootDirectory, bucket, `${key}._S3rver_object`);
}

function checkKey(key: string): void {
  const segments = key.split('/');
  if (segments.at(-1) === '') segments.pop();
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new S3Error(
      'InvalidArgument',
      'Keys with empty, "." or ".." segments cannot be stored here.',
    );
  }
  if (segments.some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)) {
    throw new S3Error(
      'KeyTooLongError',
      `A segment of the key is over ${MAX_SEGMENT_BYTES} bytes.`,
    );
  }
}

/** Header that clients add to say how they send, not what they store. */
function keptHeaders(metadata: Record<string, string>): Record<string, string> {
  const headers = Object.entries(metadata).filter(
    ([name]) => KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-'),
  );
  const encodings = (metadata['content-encoding'] ?? '')
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'aws-chunked');
  if (encodings.length > 0) headers.push(['content-encoding', encodings.join(',')]);
  return Object.fromEntries(headers);
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}
