import { type ArgumentScan, CWD, FD, MAX_FD, OBJECT, scanArguments } from './arguments.ts';
import { ascii, copyBytes, indexOfLiteral, matchesAt, SLASH } from './ascii.ts';
import { CALL, type CallRow, type CallSink, EXIT, SIGNAL } from './call.ts';
import type { CallScan } from './call-scan.ts';
import { unescapePath } from './escapes.ts';
import { readNumber, withoutUnfinished, wordEnd } from './event-text.ts';
import {
  type FdTarget,
  isPlainFile,
  PLAIN_FILE,
  parseDecoration,
  socketTarget,
} from './fd-target.ts';
import { type Directory, FilePaths } from './file-paths.ts';
import { endsInNumber, writtenStart } from './glued-output.ts';
import { withoutHexadecimal } from './hexadecimal.ts';
import { Name, NameTable } from './name.ts';
import { isOpening } from './opened-target.ts';
import type { ParserState } from './parser-state.ts';
import type { Processes } from './processes.ts';
import type { RecordingTraits } from './recording-traits.ts';
import { ReturnScan } from './return-value.ts';
import { clearDetails, fillOrigin, type Moment, newRow, setSpan } from './row.ts';
import { findSocketAddress } from './socket-address.ts';
import type { SyscallCounts } from './syscall-counts.ts';
import type { Role, Syscall } from './syscalls.ts';
import type { Thread } from './thread.ts';

const RIGHTS = ascii('SCM_RIGHTS');
const SUPERSEDED = ascii('superseded by execve in pid ');
const KILLED = ascii('killed by ');
const EXITED = ascii('exited with ');
const STOPPED = ascii('stopped by ');
/** Calls that make sockets, or name their addresses. */
const SOCKET_ROLES = new Set<Role | undefined>(['socket', 'address', 'pair']);
/** The kernel takes no longer path. */
const PATH_MAX = 4096;
const decoder = new TextDecoder();

/** Turns scanned events into rows, and follows what they do to programs and directories. */
export class RowEmitter {
  #sink: CallSink;
  #state: ParserState;
  #processes: Processes;
  #traits: RecordingTraits;
  #paths = new FilePaths();
  #row: CallRow;
  #counts: SyscallCounts;
  #noReturn = new ReturnScan();
  #fd = -1;
  #target: FdTarget | undefined;
  /** Path of an undecorated descriptor, known by following it. */
  #followedPath: Directory;
  #targets = new NameTable(parseDecoration);
  #executables = new NameTable((text, bytes) => new Name(text, bytes));
  #words = new NameTable((text, bytes) => new Name(text, bytes));

  constructor(sink: CallSink, state: ParserState, traits: RecordingTraits, counts: SyscallCounts) {
    this.#sink = sink;
    this.#counts = counts;
    this.#state = state;
    this.#processes = state.processes;
    this.#traits = traits;
    this.#row = newRow(this.#paths);
  }

  /** Emits a call that returned, from its scanned arguments and return value. */
  emitCall(
    thread: Thread,
    syscall: Syscall,
    moment: Moment,
    printed: Uint8Array,
    printedStart: number,
    printedEnd: number,
    call: CallScan,
  ): void {
    const row = this.#row;
    const { arguments: scan, ret, isTail } = call;
    const argumentsEnd = this.#argumentsEnd(syscall, printed, printedStart, printedEnd);
    setSpan(row.args, printed, printedStart, argumentsEnd);
    if (isTail && printedStart === printedEnd) row.args.bytes = undefined;
    setSpan(row.retText, ret.textStart < 0 ? undefined : printed, ret.textStart, ret.textEnd);
    const plain = call.readHexadecimal(printed, printedStart);
    const bytes = plain ?? printed;
    const argsStart = plain === undefined ? printedStart : 0;
    const argsEnd = plain === undefined ? printedEnd : call.close;
    if (scan.hasPath) this.#state.hasFdPaths = true;
    if (scan.hasCwd) this.#learnDirectory(thread, bytes, scan);
    this.#findDescriptor(thread, syscall, bytes, scan);
    this.#paths.collect(bytes, scan, ret, syscall, thread, this.#followedPath);
    if (syscall.role !== undefined) {
      this.#follow(thread, syscall, bytes, argsStart, argsEnd, scan, ret);
    }
    fillOrigin(row, CALL, thread, moment);
    this.#fillDescriptor();
    row.syscall = syscall;
    row.duration = ret.duration;
    if (ret.duration >= 0) this.#traits.hasDurations = true;
    if (ret.isPath) this.#state.hasFdPaths = true;
    this.#traits.cutStrings += scan.cutStrings;
    const isError = ret.errorStart >= 0;
    if (ret.hasValue || isError) this.#counts.add(syscall, 1, isError ? 1 : 0);
    row.hasRet = ret.hasValue;
    row.retLow = ret.low;
    row.retHigh = ret.high;
    row.error = this.#word(bytes, ret.errorStart, ret.errorEnd);
    row.errorText = this.#word(bytes, ret.errorTextStart, ret.errorTextEnd);
    row.signal = undefined;
    this.#sink.add(row);
  }

  /** Emits the call a thread never returned from: what is known of it, without a return value. */
  emitInterrupted(thread: Thread, scan: ArgumentScan): void {
    const call = thread.unfinished;
    const syscall = call.syscall as Syscall;
    call.syscall = undefined;
    if (syscall.role === 'fork') this.#processes.leaveFork(thread, -1, call.bytes);
    const row = this.#row;
    let { bytes } = call;
    scanArguments(bytes, 0, call.length, scan);
    if (scan.isHexadecimal) {
      bytes = withoutHexadecimal(bytes, 0, call.length);
      scanArguments(bytes, 0, bytes.length - 1, scan);
    }
    if (scan.hasPath) this.#state.hasFdPaths = true;
    if (scan.hasCwd) this.#learnDirectory(thread, bytes, scan);
    this.#findDescriptor(thread, syscall, bytes, scan);
    this.#paths.collect(bytes, scan, this.#noReturn, syscall, thread, this.#followedPath);
    fillOrigin(row, CALL, thread, call);
    clearDetails(row);
    this.#fillDescriptor();
    row.syscall = syscall;
    setSpan(row.args, call.bytes, 0, call.length);
    this.#sink.add(row);
  }

  /** Emits `exited with 0`, `killed by SIGSEGV (core dumped)`, `superseded by execve in pid N`. */
  emitExit(thread: Thread, moment: Moment, bytes: Uint8Array, start: number, end: number): void {
    const row = this.#row;
    fillOrigin(row, EXIT, thread, moment);
    clearDetails(row);
    this.#paths.clear();
    setSpan(row.retText, bytes, start, end);
    if (matchesAt(bytes, start, end, EXITED)) {
      const status = readNumber(bytes, start + EXITED.length, end);
      row.hasRet = status >= 0;
      row.retLow = status;
      row.retHigh = 0;
    } else if (matchesAt(bytes, start, end, KILLED)) {
      const nameStart = start + KILLED.length;
      row.signal = this.#word(bytes, nameStart, wordEnd(bytes, nameStart, end));
    }
    this.#sink.add(row);
    const isSuperseded = matchesAt(bytes, start, end, SUPERSEDED);
    if (!isSuperseded) this.#processes.end(thread);
    else this.#processes.supersede(thread, readNumber(bytes, start + SUPERSEDED.length, end));
  }

  /** Emits `SIGCHLD {si_signo=SIGCHLD, ...}`, `stopped by SIGSTOP`, `SIGCHLD (Child exited) @ 0 (0)`. */
  emitSignal(thread: Thread, moment: Moment, bytes: Uint8Array, start: number, end: number): void {
    const row = this.#row;
    fillOrigin(row, SIGNAL, thread, moment);
    clearDetails(row);
    this.#paths.clear();
    const isStop = matchesAt(bytes, start, end, STOPPED);
    const nameStart = isStop ? start + STOPPED.length : start;
    const nameEnd = wordEnd(bytes, nameStart, end);
    row.signal = this.#word(bytes, nameStart, nameEnd);
    if (isStop) setSpan(row.retText, bytes, start, end);
    else if (nameEnd + 1 < end) setSpan(row.args, bytes, nameEnd + 1, end);
    this.#sink.add(row);
  }

  /** End of the arguments without a mark, and without what the call wrote between them. */
  #argumentsEnd(syscall: Syscall, bytes: Uint8Array, start: number, end: number): number {
    if (syscall.isWrite && !endsInNumber(bytes, start, end)) {
      const written = writtenStart(bytes, start, end);
      if (written > 0) return written;
    }
    return withoutUnfinished(bytes, start, end);
  }

  #word(bytes: Uint8Array, start: number, end: number): Name | undefined {
    return start < 0 ? undefined : this.#words.get(bytes, start, end);
  }

  /** Finds which descriptor the call is about, and what it refers to. */
  #findDescriptor(thread: Thread, syscall: Syscall, bytes: Uint8Array, scan: ArgumentScan): void {
    this.#fd = -1;
    this.#target = undefined;
    this.#followedPath = undefined;
    const argument = syscall.fdArgument;
    if (argument < 0) return;
    this.#fd = scan.readDescriptor(bytes, argument);
    if (this.#fd < 0) return;
    for (let i = 0; i < scan.count; i++) {
      if (scan.arguments[i] !== argument) continue;
      if (scan.kinds[i] !== FD && scan.kinds[i] !== OBJECT) continue;
      const told = this.#decorated(bytes, scan.starts[i], scan.ends[i]);
      this.#target = this.#state.sockets.describe(told);
      return;
    }
    this.#target = thread.descriptors.target(this.#fd);
    this.#followedPath = this.#target?.path;
  }

  #decorated(bytes: Uint8Array, start: number, end: number): FdTarget {
    if (isPlainFile(bytes, start, end)) return PLAIN_FILE;
    return this.#targets.get(bytes, start, end);
  }

  #fillDescriptor(): void {
    const row = this.#row;
    const target = this.#target;
    row.fd = this.#fd;
    row.fdKind = target?.kind;
    row.protocol = target?.protocol;
    row.local = target?.local;
    row.remote = target?.remote;
  }

  /** What a call changes: program, children, working directory, descriptors. */
  #follow(
    thread: Thread,
    syscall: Syscall,
    bytes: Uint8Array,
    argsStart: number,
    argsEnd: number,
    scan: ArgumentScan,
    ret: ReturnScan,
  ): void {
    if (syscall.role === 'fork') {
      const child = ret.outerPid > 0 ? ret.outerPid : ret.value;
      this.#processes.leaveFork(thread, child, bytes.subarray(argsStart, argsEnd));
      return;
    }
    const isConnecting = syscall.text === 'connect';
    if (!isConnecting && (!ret.hasValue || ret.errorStart >= 0)) return;
    if (syscall.role === 'exec') this.#exec(thread);
    else if (syscall.role === 'directory') this.#enterDirectory(thread, syscall);
    else if (syscall.role === 'root') this.#enterRoot(thread, syscall);
    else if (syscall.role === 'unshare')
      thread.unshare(bytes.subarray(argsStart, argsEnd), syscall);
    else if (syscall.role === 'self') {
      this.#processes.learnOwnPid(thread, ret.outerPid > 0 ? ret.outerPid : ret.value);
    } else if (syscall.role === 'peer' || syscall.role === 'message') {
      this.#adoptAddresses(thread, syscall, bytes, argsStart, argsEnd);
      if (syscall.role === 'message')
        this.#passDescriptors(thread, syscall, bytes, argsStart, argsEnd);
    } else this.#followDescriptor(thread, syscall, bytes, argsStart, argsEnd, scan, ret);
  }

  #exec(thread: Thread): void {
    const paths = this.#paths;
    thread.process = thread.pid;
    thread.executable =
      paths.count === 0
        ? undefined
        : this.#executables.get(paths.sources[0], paths.starts[0], paths.ends[0]);
    thread.descriptors = thread.descriptors.copy();
    thread.descriptors.exec();
  }

  #enterDirectory(thread: Thread, syscall: Syscall): void {
    const { directory } = thread;
    directory.path = this.#absolutePath();
    // what the kernel answers has no symbolic links
    directory.isExact = directory.path !== undefined && syscall.text === 'getcwd';
  }

  /** chroot makes names begin elsewhere; after pivot_root nobody can tell where. */
  #enterRoot(thread: Thread, syscall: Syscall): void {
    const { directory } = thread;
    if (syscall.text === 'chroot') {
      const path = this.#absolutePath();
      directory.root = path?.length === 1 ? undefined : path;
    } else {
      directory.root = undefined;
      directory.path = undefined;
    }
  }

  /** The path of the call, when it is absolute and the kernel would take it. */
  #absolutePath(): Directory {
    const { sources, starts, ends, count } = this.#paths;
    if (count === 0 || sources[0][starts[0]] !== SLASH) return undefined;
    const length = ends[0] - starts[0];
    return length > PATH_MAX ? undefined : copyBytes(sources[0], starts[0], ends[0]);
  }

  #followDescriptor(
    thread: Thread,
    syscall: Syscall,
    bytes: Uint8Array,
    argsStart: number,
    argsEnd: number,
    scan: ArgumentScan,
    ret: ReturnScan,
  ): void {
    const isDecorated = ret.decorationStart >= 0;
    if (!isDecorated && !isOpening(syscall, bytes, argsStart, argsEnd)) return;
    let target = isDecorated
      ? this.#decorated(bytes, ret.decorationStart, ret.decorationEnd)
      : undefined;
    const { descriptors } = thread;
    // with -y every line tells what its descriptors are; only sockets learn more by being followed
    const isTold = this.#state.hasFdPaths && !SOCKET_ROLES.has(syscall.role);
    if (!isTold) {
      const args = decoder.decode(bytes.subarray(argsStart, Math.min(argsEnd, argsStart + 1000)));
      const fd = this.#fd;
      const paths = this.#paths;
      const { lines: line } = this.#state;
      const told = this.#target;
      const call = { syscall, args, bytes, argsStart, argsEnd, scan, ret, paths, fd, told, line };
      descriptors.follow(call, target);
      if (syscall.role === 'socket' && target?.inode !== undefined) {
        target = this.#learnSocket(target.inode, descriptors.newSocket(call, this.#target));
      }
    }
    if (syscall.role === 'open' || syscall.role === 'socket') {
      // accept keeps the descriptor it was called with, but tells the peer of the new one
      if (syscall.fdArgument < 0) this.#fd = ret.value <= MAX_FD ? ret.value : -1;
      this.#target = target ?? descriptors.target(ret.value);
    } else if (syscall.role === 'address') {
      this.#adoptAddresses(thread, syscall, bytes, argsStart, argsEnd);
    }
  }

  /** A call that names an address tells more than the decoration of its descriptor. */
  #adoptAddresses(
    thread: Thread,
    syscall: Syscall,
    bytes: Uint8Array,
    argsStart: number,
    argsEnd: number,
  ): void {
    const told = this.#target;
    const inode = told?.inode;
    if (told?.remote !== undefined && inode === undefined) return;
    const followed = inode === undefined ? thread.descriptors.target(this.#fd) : told;
    const address = findSocketAddress(bytes, argsStart, argsEnd);
    const isLocal = syscall.text === 'bind' || syscall.text === 'getsockname';
    this.#target = socketTarget(
      (told?.protocol ?? followed?.protocol)?.text,
      (isLocal ? address : undefined) ?? (told?.local ?? followed?.local)?.text,
      (isLocal ? undefined : address) ?? followed?.remote?.text,
    );
    if (inode !== undefined && syscall.role === 'address') this.#learnSocket(inode, this.#target);
  }

  /** Follows descriptors from process to process; with -y every line tells what they are. */
  #passDescriptors(
    thread: Thread,
    syscall: Syscall,
    bytes: Uint8Array,
    argsStart: number,
    argsEnd: number,
  ): void {
    if (this.#state.hasFdPaths || indexOfLiteral(bytes, argsStart, argsEnd, RIGHTS) < 0) return;
    const args = decoder.decode(bytes.subarray(argsStart, argsEnd));
    const isSent = syscall.text === 'sendmsg';
    this.#state.passed.follow(isSent, this.#fd, args, thread.descriptors);
  }

  #learnSocket(inode: string, target: FdTarget): FdTarget {
    this.#state.sockets.learn(inode, target);
    return target;
  }

  /** `AT_FDCWD</home/dev>` tells the working directory. */
  #learnDirectory(thread: Thread, bytes: Uint8Array, scan: ArgumentScan): void {
    for (let i = 0; i < scan.count; i++) {
      if (scan.kinds[i] !== CWD) continue;
      this.#state.hasFdPaths = true;
      const start = scan.starts[i];
      const end = scan.ends[i];
      const known = thread.directory.path;
      thread.directory.isExact = true;
      if (known?.length === end - start && matchesAt(bytes, start, end, known)) return;
      const path = copyBytes(bytes, start, end);
      thread.directory.path = path.subarray(0, unescapePath(path, 0, path.length));
      return;
    }
  }
}
