import { type ArgumentScan, CWD, FD, pathEnd, STRING, SUN_PATH } from './arguments.ts';
import { ascii, COMMA, DOT, EQUALS, matchesAt, SLASH, SPACE } from './ascii.ts';
import { grown } from './byte-dictionary.ts';
import type { PathList } from './call.ts';
import { firstSpecial, unescapePath } from './escapes.ts';
import type { ReturnScan } from './return-value.ts';
import { DIRFD, PATH, type Syscall } from './syscalls.ts';

/** The directory relative paths are relative to, unescaped; undefined while it is not known. */
export type Directory = Uint8Array | undefined;

/** What a thread knows that makes paths absolute. */
export interface PathContext {
  directory: { path: Directory; isExact: boolean; root: Directory };
  descriptors: { target(fd: number): { path: Directory } | undefined };
}

/** The files of one call, made absolute where the log tells the directory. Refilled for every call. */
export class FilePaths implements PathList {
  /** Where each path lies: in the line itself as long as it stands there as it is. */
  sources: Uint8Array[] = [];
  starts: Int32Array = new Int32Array(MAX_PATHS);
  ends: Int32Array = new Int32Array(MAX_PATHS);
  count = 0;
  /** Paths that had to be put together, end to end. */
  #made: Uint8Array = new Uint8Array(4096);
  #length = 0;

  /** Forgets the paths of the call before. */
  clear(): void {
    this.count = 0;
    this.#length = 0;
  }

  /**
   * Takes the files from scanned arguments and return value. The path of
   * `openat(AT_FDCWD</cwd>, "x/y") = 3</cwd/x/y>` is `/cwd/x/y`; that of
   * `newfstatat(3</etc/passwd>, "", ..., AT_EMPTY_PATH)` is `/etc/passwd`.
   */
  collect(
    bytes: Uint8Array,
    scan: ArgumentScan,
    ret: ReturnScan,
    syscall: Syscall,
    thread: PathContext,
    target: Directory,
  ): void {
    this.clear();
    const roles = syscall.arguments;
    if (target !== undefined) this.#addPlain(target);
    for (let i = 0; i < scan.count; i++) {
      const argument = scan.arguments[i];
      const role = argument < roles.length ? roles[argument] : 0;
      const start = scan.starts[i];
      const end = scan.ends[i];
      switch (scan.kinds[i]) {
        case FD:
          if (role !== DIRFD || !isFollowedByPath(scan, i)) {
            this.#addRaw(bytes, start, pathEnd(bytes, start, end));
          }
          break;
        case SUN_PATH:
          this.#addSocket(bytes, start, end, scan, thread);
          break;
        case STRING:
          if (role === PATH) this.#addString(bytes, start, end, scan, i, roles, thread);
          break;
        default: // CWD, OBJECT
          break;
      }
    }
    if (this.count === 0 && roles[0] === DIRFD && NULL.test(scan.textOf(bytes, 1))) {
      // utimensat(3, NULL, ...) is about the descriptor itself
      const path = dirfdPath(bytes, scan, 0, thread);
      if (path !== undefined) this.#addPlain(path);
    }
    if (ret.isPath) {
      const start = ret.decorationStart;
      this.#addRaw(bytes, start, pathEnd(bytes, start, ret.decorationEnd));
    }
  }

  /** A path that needs no unescaping. */
  #addPlain(path: Uint8Array): void {
    this.#add(path, 0, path.length);
  }

  /** A path as the text names it, already absolute. */
  #addRaw(bytes: Uint8Array, start: number, end: number): void {
    if (firstSpecial(bytes, start, end) === end) {
      this.#add(bytes, start, end);
      return;
    }
    const from = this.#length;
    this.#append(bytes, start, end);
    this.#finish(from);
  }

  /** `sun_path="s"` is a path as any other; the name within a decoration is one as it was bound. */
  #addSocket(
    bytes: Uint8Array,
    start: number,
    end: number,
    scan: ArgumentScan,
    { directory }: PathContext,
  ): void {
    const isRelative = bytes[start] !== SLASH && bytes[start - 2] === EQUALS && start < end;
    if (isRelative)
      this.#addRelative(bytes, start, end, scan, -1, directory.path, directory.isExact);
    else this.#addRaw(bytes, start, end);
  }

  #addString(
    bytes: Uint8Array,
    start: number,
    end: number,
    scan: ArgumentScan,
    index: number,
    roles: readonly number[],
    thread: PathContext,
  ): void {
    const argument = scan.arguments[index];
    const isAt = argument > 0 && roles[argument - 1] === DIRFD;
    const base = isAt ? directoryPiece(scan, index, argument - 1) : -1;
    const isDirfd = isAt && base < 0 && !isCwdArgument(bytes, start);
    const cwd = isDirfd ? dirfdPath(bytes, scan, argument - 1, thread) : thread.directory.path;
    if (start === end) {
      // AT_EMPTY_PATH: the call is about the directory fd itself
      if (base >= 0 && scan.kinds[base] === FD) {
        const first = scan.starts[base];
        this.#addRaw(bytes, first, pathEnd(bytes, first, scan.ends[base]));
      } else if (isDirfd && cwd !== undefined) {
        this.#addPlain(cwd);
      }
      return;
    }
    const { root } = thread.directory;
    if (bytes[start] !== SLASH) {
      const isExact = !isDirfd && thread.directory.isExact;
      this.#addRelative(bytes, start, end, scan, base, cwd, isExact);
    } else if (root === undefined) {
      this.#addRaw(bytes, start, end);
    } else {
      this.#addRooted(bytes, start, end, root);
    }
  }

  /** An absolute path of a process whose root is `root`. */
  #addRooted(bytes: Uint8Array, start: number, end: number, root: Uint8Array): void {
    const from = this.#length;
    this.#append(root, 0, root.length);
    const escapedFrom = this.#length;
    this.#append(bytes, end - start === 1 ? end : start, end);
    this.#finish(from, escapedFrom);
  }

  /** A path relative to the directory that piece `base` names, else to `cwd` where it is known. */
  #addRelative(
    bytes: Uint8Array,
    start: number,
    end: number,
    scan: ArgumentScan,
    base: number,
    cwd: Directory,
    isExact: boolean,
  ): void {
    const from = this.#length;
    let at = start;
    let escapedFrom = from;
    if (base >= 0) {
      const first = scan.starts[base];
      this.#append(bytes, first, pathEnd(bytes, first, scan.ends[base]));
      at = this.#enter(bytes, start, end, from);
    } else if (cwd !== undefined) {
      this.#append(cwd, 0, cwd.length);
      // `..` leads elsewhere than it looks when the directory was named by a symbolic link
      at = this.#enter(bytes, start, end, from, isExact);
      escapedFrom = this.#length;
    }
    this.#append(bytes, at, end);
    this.#finish(from, escapedFrom);
  }

  /**
   * Resolves leading `./` and, when the directory just appended is the kernel's own absolute path
   * (`isExact`), `../` of a relative path against it; appends the separating slash.
   */
  #enter(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: number,
    isExact: boolean = true,
  ): number {
    let at = start;
    while (bytes[at] === DOT && at < end) {
      const isUp = bytes[at + 1] === DOT && at + 1 < end;
      const next = at + (isUp ? 2 : 1);
      if (next < end && bytes[next] !== SLASH) break;
      if (isUp && !isExact) break;
      if (isUp) this.#length = parentEnd(this.#made, from, this.#length);
      at = Math.min(next + 1, end);
    }
    if (this.#length === from + 1 && this.#made[from] === SLASH) return at;
    if (at < end || this.#length === from) this.#append(SLASH_BYTES, 0, 1);
    return at;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const to = this.#length + end - start;
    if (to > this.#made.length) this.#made = grown(this.#made, to);
    const made = this.#made;
    for (let i = start, o = this.#length; i < end; ) made[o++] = bytes[i++];
    this.#length = to;
  }

  /** Unescapes the path that was put together from `from` on, and takes it. */
  #finish(from: number, escapedFrom = from): void {
    this.#length = unescapePath(this.#made, escapedFrom, this.#length);
    this.#add(this.#made, from, this.#length);
  }

  /** Takes a path, unless the call named it before. */
  #add(bytes: Uint8Array, start: number, end: number): void {
    const { count, sources, starts, ends } = this;
    for (let i = 0; i < count; i++) {
      if (isSame(sources[i], starts[i], ends[i], bytes, start, end)) return;
    }
    sources[count] = bytes;
    starts[count] = start;
    ends[count] = end;
    this.count = count + 1;
  }
}

/** More than the pieces of a call, its descriptor and what it returned. */
const MAX_PATHS = 80;
const SLASH_BYTES = Uint8Array.of(SLASH);

/** Whether the argument before the string that starts at `start` is AT_FDCWD, in any -X style. */
function isCwdArgument(bytes: Uint8Array, start: number): boolean {
  let end = start - 1;
  // -N prints `pathname="x"`
  if (bytes[end - 1] === EQUALS) while (end > 0 && bytes[end - 1] !== SPACE) end--;
  while (bytes[end - 1] === SPACE || bytes[end - 1] === COMMA) end--;
  return CWD_SPELLINGS.some((word) => matchesAt(bytes, end - word.length, end, word));
}

/** Path of an undecorated directory fd, when the log told what it refers to. */
function dirfdPath(
  bytes: Uint8Array,
  scan: ArgumentScan,
  argument: number,
  thread: PathContext,
): Directory {
  const fd = scan.readDescriptor(bytes, argument);
  return fd < 0 ? undefined : thread.descriptors.target(fd)?.path;
}

/** With -N, `pathname=NULL`. */
const NULL = /^(?:\w+=)?NULL$/;
const CWD_SPELLINGS = ['AT_FDCWD', '-100', 'AT_FDCWD */'].map(ascii);

function directoryPiece(scan: ArgumentScan, index: number, argument: number): number {
  for (let i = index - 1; i >= 0; i--) {
    if (scan.arguments[i] === argument && (scan.kinds[i] === FD || scan.kinds[i] === CWD)) return i;
  }
  return -1;
}

function isFollowedByPath(scan: ArgumentScan, index: number): boolean {
  const next = index + 1;
  return (
    next < scan.count &&
    scan.kinds[next] === STRING &&
    scan.arguments[next] === scan.arguments[index] + 1
  );
}

function parentEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at > start && bytes[at] !== SLASH) at--;
  return at;
}

function isSame(
  bytes: Uint8Array,
  start: number,
  end: number,
  other: Uint8Array,
  otherStart: number,
  otherEnd: number,
): boolean {
  const length = end - start;
  if (length !== otherEnd - otherStart) return false;
  // paths differ at their ends
  for (let i = length - 1; i >= 0; i--) {
    if (bytes[start + i] !== other[otherStart + i]) return false;
  }
  return true;
}
