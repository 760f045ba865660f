import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import type { StoredContent } from '@20minutes/s3rver/lib/stores/filesystem.js';
import { nullIfMissing, writeContent } from './content-file.ts';

/** A part as the client lists it when it completes an upload. */
export interface UploadedPart {
  number: number;
  etag: string;
}

/** An object whose parts are all there. */
interface CompleteUpload {
  key: string;
  metadata: Record<string, string>;
  content: Readable;
}

const DAY_MS = 86_400_000;
const INCOMING = 'incoming-';

/** The folder of a bucket in which S3rver keeps parts until their object is complete. */
export class MultipartUploads {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Path of a file to be written and renamed; what a kill leaves of it is removed at the next start. */
  async newFile(): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    return join(this.#folder, INCOMING + randomUUID());
  }

  async putPart(uploadId: string, number: number, content: Readable): Promise<StoredContent> {
    const folder = await this.#find(uploadId);
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new S3Error('InvalidArgument', 'Part number must be an integer from 1 to 10000.');
    }
    const incoming = await this.newFile();
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

  /** The object that the parts make; throws S3Error when one is not there as the client knows it. */
  async open(uploadId: string, parts: UploadedPart[]): Promise<CompleteUpload> {
    const folder = await this.#find(uploadId);
    const sorted = [...parts].sort((a, b) => a.number - b.number);
    for (const part of sorted) {
      const md5 = await readFile(join(folder, `${part.number}.md5`), 'utf8').catch(nullIfMissing);
      if (md5 !== part.etag) {
        throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.');
      }
    }
    return {
      key: await readFile(join(folder, 'key'), 'utf8'),
      metadata: JSON.parse(await readFile(join(folder, 'metadata'), 'utf8')),
      content: Readable.from(concatFiles(sorted.map((part) => join(folder, String(part.number))))),
    };
  }

  async remove(uploadId: string): Promise<void> {
    await rm(await this.#find(uploadId), { recursive: true, force: true });
  }

  async removeUnfinished(): Promise<void> {
    for (const name of (await readdir(this.#folder).catch(nullIfMissing)) ?? []) {
      const path = join(this.#folder, name);
      const { mtimeMs } = await stat(path);
      const isLeft = name.startsWith(INCOMING) || Date.now() - mtimeMs > DAY_MS;
      if (isLeft) await rm(path, { recursive: true, force: true });
    }
  }

  async #find(uploadId: string): Promise<string> {
    const folder = join(this.#folder, uploadId);
    const key = /^[0-9a-f]{32}$/.test(uploadId)
      ? await readFile(join(folder, 'key')).catch(nullIfMissing)
      : null;
    if (key === null) throw new S3Error('NoSuchUpload', 'The specified upload does not exist.');
    return folder;
  }
}

async function* concatFiles(paths: string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path);
}
