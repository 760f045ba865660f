import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { noSink } from '../strace/call.ts';
import { LineReader } from '../strace/line-reader.ts';
import { LogParser } from '../strace/log-parser.ts';
import { mergeSplitLogs } from '../strace/split-logs.ts';
import {
  damagedArchive,
  noLogInside,
  severalLogs,
  tooManyFiles,
  xzInXz,
} from './archive-refusals.ts';
import { type Compression, decompress, detectCompression } from './decompress.ts';
import { LogRefusedError } from './errors.ts';
import { holdsStraceLine } from './foreign-log.ts';
import type { ArchiveContents } from './manifest.ts';
import { MemberSpool, type SpooledMember } from './member-spool.ts';
import { MeteredInput } from './metered-input.ts';
import { splitMemberOf } from './session-id.ts';
import { isTar } from './tar-header.ts';

const HEAD_BYTES = 512;
/** Bytes of a member within which a line of strace must stand. */
const JUDGED_BYTES = [64 * 1024, 1024 * 1024];
const MAX_FILES = 1_000_000;
const NAMED = 20;
const NAME_LENGTH = 200;

/** A member on its way through; the next one comes when it was read or left to flow away. */
interface Entry extends AsyncIterable<Uint8Array> {
  header: Header;
  resume(): unknown;
}

// the format of before 1988 has no magic number; known to the package, not to its types
const ANY_FORMAT = { allowUnknownFormat: true } as Parameters<typeof extract>[0];

/**
 * Reads a log as it was uploaded: decompressed and, when it is a tar, unpacked. A tar holds one log,
 * or the `NAME.PID` files of one -ff run, which are merged; what is no strace log is left out.
 */
export class TarReader {
  /** What the tar held, final once the log was read; undefined when it is no tar. */
  contents: ArchiveContents | undefined;
  /** Whether the log is that of an -ff run. */
  isSplit = false;
  readonly #spoolLimit: number | undefined;
  #compression: Compression = 'none';

  /** `spoolLimit`: bytes that the members of a run may take on disk, compressed. */
  constructor(spoolLimit?: number) {
    this.#spoolLimit = spoolLimit;
  }

  /** Bytes of the log; throws LogRefusedError for an archive of which nobody can tell the log. */
  async *read(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const stored = new MeteredInput(source);
    const head = (await stored.peek(HEAD_BYTES)).subarray(0, HEAD_BYTES);
    this.#compression = detectCompression(head);
    const input = new MeteredInput(decompress(stored.read()));
    if (isTar(await input.peek(HEAD_BYTES))) yield* this.#unpack(input);
    else yield* input.read();
  }

  async *#unpack(input: MeteredInput): AsyncGenerator<Uint8Array> {
    const archive = extract(ANY_FORMAT);
    // listens from here on, before the first member comes
    const members = archive[
      Symbol.asyncIterator
    ]() as AsyncIterator<unknown> as AsyncIterator<Entry>;
    const isOurs = (error: unknown) => error instanceof LogRefusedError || error === input.failure;
    const spool = await MemberSpool.create(this.#spoolLimit);
    const feeding = pipeline(Readable.from(input.read()), archive).catch(() => {});
    try {
      yield* this.#readEntries(guarded(members, isOurs), spool, isOurs);
    } finally {
      archive.destroy();
      await feeding;
      await spool.close();
    }
  }

  async *#readEntries(
    entries: AsyncGenerator<Entry>,
    spool: MemberSpool,
    isOurs: (error: unknown) => boolean,
  ): AsyncGenerator<Uint8Array> {
    const contents: ArchiveContents = { files: 0, logs: 0, ignored: 0, ignored_names: [] };
    this.contents = contents;
    const run = new Map<string, { pid: number; spooled: SpooledMember }>();
    let known: string | undefined;
    for await (const entry of entries) {
      const { header } = entry;
      if (header.type === 'directory') continue;
      if (++contents.files > MAX_FILES) throw tooManyFiles(MAX_FILES);
      const name = header.name.replace(/^(\.\/)+/, '');
      const log = isRegular(header)
        ? await this.#openLog(guarded(entry[Symbol.asyncIterator](), isOurs))
        : undefined;
      if (log === undefined) {
        if (header.size !== 0 || !isRegular(header)) ignore(contents, name);
      } else {
        const member = splitMemberOf(name);
        const owner = member ? `${member.group}.PID` : name;
        if (known !== undefined && (known !== owner || !member)) throw severalLogs(known, owner);
        known = owner;
        this.isSplit = member !== undefined;
        if (member) run.set(name, { pid: member.pid, spooled: await spool.add(log.read()) });
        else yield* log.read();
        contents.logs = Math.max(run.size, 1);
      }
      entry.resume();
    }
    if (known === undefined) throw noLogInside(contents);
    await spool.flush();
    const logs = [...run.values()];
    yield* mergeSplitLogs(
      logs.map(({ pid, spooled }) => ({ pid, open: () => spool.read(spooled) })),
    );
  }

  /** The member, decompressed, if there is a line of strace in its beginning. */
  async #openLog(data: AsyncIterable<Uint8Array>): Promise<MeteredInput | undefined> {
    const stored = new MeteredInput(data);
    const head = (await stored.peek(HEAD_BYTES)).subarray(0, HEAD_BYTES);
    if (head.length === 0) return undefined;
    const compression = compressionOf(head);
    if (compression === undefined) return undefined;
    if (compression === 'xz' && this.#compression === 'xz') throw xzInXz();
    const input = new MeteredInput(decompress(stored.read()));
    for (const size of JUDGED_BYTES) {
      const beginning = await input.peek(size);
      if (isTar(beginning)) break;
      if (isStrace(beginning.subarray(0, size))) return input;
      if (beginning.length < size) break;
    }
    await input.close();
    return undefined;
  }
}

/** What streams of the archive throw, as a refusal; a member that is left early is not destroyed. */
async function* guarded<T>(
  source: AsyncIterator<T>,
  isOurs: (error: unknown) => boolean,
): AsyncGenerator<T> {
  for (;;) {
    let step: IteratorResult<T>;
    try {
      step = await source.next();
    } catch (error) {
      throw isOurs(error) ? error : damagedArchive(error);
    }
    if (step.done) return;
    yield step.value;
  }
}

/** A file with all of its bytes: no link, and not the map of a sparse file. */
function isRegular({ type, pax }: Header): boolean {
  const isSparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
  return (type === 'file' || type === 'contiguous-file') && !isSparse;
}

function compressionOf(head: Uint8Array): Compression | undefined {
  try {
    return detectCompression(head);
  } catch (error) {
    if (error instanceof LogRefusedError) return undefined;
    throw error;
  }
}

function isStrace(beginning: Uint8Array): boolean {
  const parser = new LogParser(noSink, { midnight: 0, utcOffset: 0 });
  const reader = new LineReader((bytes, start, end) => parser.readLine(bytes, start, end));
  reader.push(beginning);
  reader.end();
  return holdsStraceLine(parser.census.counts);
}

function ignore(contents: ArchiveContents, name: string): void {
  contents.ignored++;
  if (contents.ignored_names.length < NAMED) {
    contents.ignored_names.push(shown(name));
  }
}

function shown(name: string): string {
  return name.replace(/[\p{C}\ufffd]/gu, '?').slice(0, NAME_LENGTH);
}
