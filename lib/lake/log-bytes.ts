import { mergeSplitLogs } from '../strace/split-logs.ts';
import { decompress, defaultLimits, detectCompression } from './decompress.ts';
import { LogRefusedError } from './errors.ts';
import type { ObjectHead, ObjectStore } from './object-store.ts';
import { splitMemberOf } from './session-id.ts';
import type { SessionSources } from './session-sources.ts';
import { isTar } from './tar-header.ts';
import type { TarReader } from './tar-reader.ts';

const WINDOW_BYTES = 1024 * 1024;
const FIRST_WINDOW_BYTES = 64 * 1024;
/** First windows of members kept from the look at their times to their reading. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** Members in xz that are read at one time, decompressed. */
const XZ_BYTES = 128 * 1024 * 1024;

/**
 * Bytes of a session's log, decompressed; the members of an `-ff` group, or of a tar, merged into one
 * log. `tar` tells afterwards what an archive held.
 */
export async function* readLog(
  store: ObjectStore,
  sources: SessionSources,
  tar: TarReader,
): AsyncGenerator<Uint8Array> {
  if (sources.isSplit) {
    const members = new MemberReader(store, sources.bucket);
    yield* mergeSplitLogs(
      sources.heads.map((head) => ({
        pid: splitMemberOf(head.key)?.pid ?? 0,
        open: () => members.read(head),
      })),
    );
    return;
  }
  const [head] = sources.heads;
  yield* tar.read(await store.read(sources.bucket, head.key, head.versionId));
}

/** Reads members in windows: an open stream for each of some thousand members would be too many. */
class MemberReader {
  readonly #store: ObjectStore;
  readonly #bucket: string;
  readonly #kept = new Map<string, Uint8Array>();
  #keptBytes = 0;
  #xzBytes = 0;

  constructor(store: ObjectStore, bucket: string) {
    this.#store = store;
    this.#bucket = bucket;
  }

  async *read(head: ObjectHead): AsyncGenerator<Uint8Array> {
    if (head.size === 0) return;
    const first = await this.#readFirst(head);
    if (isTar(first)) throw tarMember(head.key);
    if (detectCompression(first) === 'xz') yield* this.#readXz(head, first);
    else yield* decompress(this.#readWindows(head, first));
  }

  async #readFirst(head: ObjectHead): Promise<Uint8Array> {
    const kept = this.#kept.get(head.key);
    if (kept) {
      this.#kept.delete(head.key);
      this.#keptBytes -= kept.length;
      return kept;
    }
    const first = await this.#readWindow(head, 0, FIRST_WINDOW_BYTES);
    if (this.#keptBytes + first.length <= KEPT_BYTES) {
      this.#kept.set(head.key, first);
      this.#keptBytes += first.length;
    }
    return first;
  }

  async *#readWindows(head: ObjectHead, first: Uint8Array): AsyncGenerator<Uint8Array> {
    yield first;
    for (let at = first.length; at < head.size; at += WINDOW_BYTES) {
      yield await this.#readWindow(head, at, WINDOW_BYTES);
    }
  }

  #readWindow(head: ObjectHead, start: number, length: number): Promise<Uint8Array> {
    const wanted = Math.min(length, head.size - start);
    return this.#store.readRange(this.#bucket, head.key, start, wanted, head.versionId);
  }

  /** The xz decoder serves one stream at a time, so a member is decompressed whole before it is read. */
  async *#readXz(head: ObjectHead, first: Uint8Array): AsyncGenerator<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of decompress(this.#readWindows(head, first), defaultLimits)) {
        size += chunk.length;
        this.#xzBytes += chunk.length;
        if (this.#xzBytes > XZ_BYTES) {
          throw new LogRefusedError(
            'xz files too large to merge',
            `The files of the -ff run that are read at one time hold more than ${XZ_BYTES} bytes. ` +
              'Compress them with gzip or zstd instead, and upload them again.',
          );
        }
        chunks.push(chunk);
      }
      for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) yield chunk;
    } finally {
      this.#xzBytes -= size;
    }
  }
}

function tarMember(key: string): LogRefusedError {
  return new LogRefusedError(
    'archive among the files of an -ff run',
    `The name ${key} is that of one file of an -ff run, but it is a tar archive. ` +
      'Upload it under a name that does not end in a number, such as run.tar.',
  );
}
