import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import S3Object from '@20minutes/s3rver/lib/models/object.js';
import FilesystemStore, {
  type ListOptions,
  type StoredContent,
} from '@20minutes/s3rver/lib/stores/filesystem.js';
import { decodeAwsChunked } from './aws-chunked.ts';
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
const DAY_MS = 86_400_000;
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
    const incoming = join(this.#uploads(object.bucket), `incoming-${randomUUID()}`);
    await mkdir(dirname(incoming), { recursive: true });
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
    const folder = await this.#findUpload(bucket, uploadId);
    const number = Number(partNumber);
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new S3Error('InvalidArgument', 'Part number must be an integer from 1 to 10000.');
    }
    const incoming = join(folder, `incoming-${randomUUID()}`);
    try {
      const { size, md5 } = await writeContent(incoming, content);
      await writeFile(`${incoming}.md5`, md5);
      await rename(`${incoming}.md5`, join(folder, `${number}.md5`));
      await rename(incoming, join(folder, String(number)));
      return { size, md5 };
    } finally {
      await rm(incoming, { force: true });
    }
  }

  override async putObjectMultipart(
    bucket: string,
    uploadId: string,
    parts: { number: number; etag: string }[],
  ): Promise<StoredContent> {
    const folder = await this.#findUpload(bucket, uploadId);
    const key = await readFile(join(folder, 'key'), 'utf8');
    const metadata = JSON.parse(await readFile(join(folder, 'metadata'), 'utf8'));
    const sorted = [...parts].sort((a, b) => a.number - b.number);
    for (const part of sorted) {
      const md5 = await readFile(join(folder, `${part.number}.md5`), 'utf8').catch(nullIfMissing);
      if (md5 !== part.etag) {
        throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.');
      }
    }
    const content = Readable.from(
      concatFiles(sorted.map((part) => join(folder, String(part.number)))),
    );
    const stored = await this.putObject(new S3Object(bucket, key, content, metadata));
    await rm(folder, { recursive: true, force: true });
    return stored;
  }

  /** Throws away the parts of an upload. */
  async abortUpload(bucket: string, uploadId: string): Promise<void> {
    await rm(await this.#findUpload(bucket, uploadId), { recursive: true, force: true });
  }

  /** Throws away what a kill left half-written, and uploads nobody went on with for a day. */
  async removeUnfinished(): Promise<void> {
    for (const bucket of this.#buckets) {
      const folder = this.#uploads(bucket);
      for (const name of (await readdir(folder).catch(nullIfMissing)) ?? []) {
        const path = join(folder, name);
        const { mtimeMs } = await stat(path);
        const isLeft = name.startsWith('incoming-') || Date.now() - mtimeMs > DAY_MS;
        if (isLeft) await rm(path, { recursive: true, force: true });
      }
    }
  }

  #uploads(bucket: string): string {
    return super.getResourcePath(bucket, undefined, 'uploads');
  }

  async #findUpload(bucket: string, uploadId: string): Promise<string> {
    const folder = join(this.#uploads(bucket), uploadId);
    const key = /^[0-9a-f]{32}$/.test(uploadId)
      ? await readFile(join(folder, 'key')).catch(nullIfMissing)
      : null;
    if (key === null) throw new S3Error('NoSuchUpload', 'The specified upload does not exist.');
    return folder;
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

async function writeContent(
  path: string,
  content: Readable | Buffer | null,
): Promise<StoredContent & { file: string }> {
  const hash = createHash('md5');
  let size = 0;
  await pipeline(
    bytesOf(content),
    async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  const handle = await open(path);
  try {
    return { size, md5: hash.digest('hex'), file: nameState(await handle.stat()) };
  } finally {
    await handle.close();
  }
}

function bytesOf(content: Readable | Buffer | null): AsyncIterable<Uint8Array> | Readable {
  if (content === null || Buffer.isBuffer(content))
    return Readable.from([content ?? Buffer.alloc(0)]);
  // S3rver decodes one way of chunking itself; of the others it hands over the request as it is.
  const { headers } = content as Readable & { headers?: Record<string, string> };
  const isChunked = headers?.['x-amz-content-sha256']?.startsWith('STREAMING-');
  return isChunked ? decodeAwsChunked(content) : content;
}

async function hashContent(handle: FileHandle): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false }))
    hash.update(chunk);
  return hash.digest('hex');
}

async function* concatFiles(paths: string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path);
}

function nameState(state: Stats): string {
  return `${state.ino}-${state.size}-${state.mtimeMs}`;
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
