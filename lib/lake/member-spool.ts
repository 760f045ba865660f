import { type FileHandle, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { LogRefusedError } from './errors.ts';

/** Bytes of a member that are compressed, and read again, in one piece. */
const BLOCK_BYTES = 64 * 1024;
const WRITE_BYTES = 1024 * 1024;
/** Bytes on disk, compressed: some 150 GB of log. */
const MAX_BYTES = 16 * 2 ** 30;
/** Part of the free disk space that may be taken. */
const SHARE_OF_DISK = 0.9;
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Where a member lies: its first byte, and the sizes of its compressed blocks. */
export interface SpooledMember {
  start: number;
  blocks: number[];
}

/**
 * Members of an archive on their way into a merge, which reads all of them at one time: compressed
 * blocks in one file in the folder for temporary files, gone when the process is.
 */
export class MemberSpool {
  readonly #file: FileHandle;
  readonly #limit: number;
  #size = 0;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  private constructor(file: FileHandle, limit: number) {
    this.#file = file;
    this.#limit = limit;
  }

  /** Makes the file; `maxBytes` is the most it may hold. */
  static async create(maxBytes = MAX_BYTES): Promise<MemberSpool> {
    const folder = await mkdtemp(join(tmpdir(), 'stracelake-members-'));
    try {
      const file = await open(join(folder, 'members'), 'wx+');
      const { bavail, bsize } = await statfs(folder);
      return new MemberSpool(file, Math.min(maxBytes, SHARE_OF_DISK * bavail * bsize));
    } finally {
      // an open file lives on without a name, and a crash leaves nothing behind
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Keeps a member; throws LogRefusedError when the disk has no room for it. */
  async add(source: AsyncIterable<Uint8Array>): Promise<SpooledMember> {
    const member: SpooledMember = { start: this.#size + this.#pendingBytes, blocks: [] };
    const block = new Uint8Array(BLOCK_BYTES);
    let length = 0;
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; ) {
        const step = Math.min(chunk.length - at, BLOCK_BYTES - length);
        block.set(chunk.subarray(at, at + step), length);
        length += step;
        at += step;
        if (length < BLOCK_BYTES) continue;
        await this.#addBlock(member, block);
        length = 0;
      }
    }
    if (length > 0) await this.#addBlock(member, block.subarray(0, length));
    return member;
  }

  /** Writes what is not on disk yet. */
  async flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    if (this.#size + this.#pendingBytes > this.#limit) throw tooLarge(this.#limit);
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.#file.write(bytes, 0, bytes.length, this.#size);
    this.#size += bytes.length;
  }

  /** Bytes of a member, from its beginning; may be read more than once, after `flush`. */
  async *read({ start, blocks }: SpooledMember): AsyncGenerator<Uint8Array> {
    let at = start;
    for (const size of blocks) {
      const { buffer } = await this.#file.read(Buffer.allocUnsafe(size), 0, size, at);
      yield zstdDecompressSync(buffer);
      at += size;
    }
  }

  /** Gives the disk space back. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  async #addBlock(member: SpooledMember, bytes: Uint8Array): Promise<void> {
    const block = zstdCompressSync(bytes, FAST);
    member.blocks.push(block.length);
    this.#pending.push(block);
    this.#pendingBytes += block.length;
    if (this.#pendingBytes >= WRITE_BYTES) await this.flush();
  }
}

function tooLarge(limit: number): LogRefusedError {
  return new LogRefusedError(
    'archive too large to merge',
    `The files of the -ff run in the archive take more than the ${Math.floor(limit)} bytes of disk ` +
      'space there are to merge them. Upload the files by themselves, all under one prefix, ' +
      'instead of the archive.',
  );
}
