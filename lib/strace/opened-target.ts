import { copyBytes, SLASH } from './ascii.ts';
import type { PathList } from './call.ts';
import { FdTarget, fileTarget, objectTarget } from './fd-target.ts';
import { PATH, type Syscall } from './syscalls.ts';

/** Something that is open, and nothing more is known of it. */
export const UNKNOWN_TARGET = new FdTarget('', new Uint8Array(0));

/** What a call that opens something without -y opened: a file by path, or an object of its own kind. */
export function openedTarget(syscall: Syscall, args: string, paths: PathList): FdTarget {
  const kind = OBJECT_KINDS[syscall.text];
  if (kind !== undefined) return kind === null ? UNKNOWN_TARGET : objectTarget(kind);
  // a file without a name, in the folder that the path names
  if (args.includes('O_TMPFILE')) return objectTarget('file');
  if (paths.count > 0)
    return fileTarget(copyBytes(paths.sources[0], paths.starts[0], paths.ends[0]));
  // -e raw prints the address of the path, so that nothing is known of the file
  return syscall.arguments.includes(PATH) ? UNKNOWN_TARGET : objectTarget(syscall.text);
}

/** Names of anonymous inodes as -y prints them; null where the call alone does not tell. */
const OBJECT_KINDS: Record<string, string | null> = {
  bpf: null,
  epoll_create: 'eventpoll',
  epoll_create1: 'eventpoll',
  eventfd2: 'eventfd',
  fanotify_init: 'fanotify',
  fsmount: null,
  fsopen: 'fscontext',
  fspick: 'fscontext',
  inotify_init: 'inotify',
  inotify_init1: 'inotify',
  io_uring_setup: 'io_uring',
  landlock_create_ruleset: 'landlock-ruleset',
  memfd_create: 'memfd',
  mq_open: null,
  open_by_handle_at: null,
  perf_event_open: 'perf_event',
  pidfd_getfd: null,
  pidfd_open: 'pid',
  signalfd4: 'signalfd',
  timerfd_create: 'timerfd',
};

/** Commands of bpf that return a descriptor. */
const BPF_OPENING =
  /^(cmd=)?BPF_(MAP_CREATE|PROG_LOAD|OBJ_GET|\w+_GET_FD_BY_ID|RAW_TRACEPOINT_OPEN|BTF_LOAD|LINK_CREATE|ITER_CREATE|ENABLE_STATS|TOKEN_CREATE),/;

/** Whether the call, of a kind that opens, does so: most commands of bpf return something else. */
export function isOpening(
  syscall: Syscall,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (syscall.text !== 'bpf') return true;
  return BPF_OPENING.test(decoder.decode(bytes.subarray(start, Math.min(end, start + 50))));
}

const decoder = new TextDecoder();
const STANDARD = ['/dev/stdin', '/dev/stdout', '/dev/stderr'];

/** Descriptor that a path names, `/dev/fd/3`, `/proc/self/fd/3` or `/dev/stdin`; -1 for another. */
export function namedDescriptor({ path }: FdTarget): number {
  if (path === undefined || path[0] !== SLASH || (path[1] !== 0x64 && path[1] !== 0x70)) return -1;
  const text = decoder.decode(path);
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(text);
  return number === null ? STANDARD.indexOf(text) : Number(number[1]);
}
