import type { DescriptorCall } from './descriptors.ts';

const O_CLOEXEC = 0x80000;

/** By call, the argument that holds its flags and the bit among them that closes at execve (x86 and ARM). */
const FLAGS: Record<string, readonly [argument: number, bit: number]> = {
  open: [1, O_CLOEXEC],
  openat: [2, O_CLOEXEC],
  openat2: [2, O_CLOEXEC],
  open_tree: [2, O_CLOEXEC],
  socket: [1, O_CLOEXEC],
  socketpair: [1, O_CLOEXEC],
  accept4: [3, O_CLOEXEC],
  pipe2: [1, O_CLOEXEC],
  dup3: [2, O_CLOEXEC],
  epoll_create1: [0, O_CLOEXEC],
  eventfd2: [1, O_CLOEXEC],
  inotify_init1: [0, O_CLOEXEC],
  signalfd4: [3, O_CLOEXEC],
  timerfd_create: [1, O_CLOEXEC],
  userfaultfd: [0, O_CLOEXEC],
  fanotify_init: [0, 0x1],
  fsmount: [1, 0x1],
  fsopen: [1, 0x1],
  fspick: [2, 0x1],
  memfd_create: [1, 0x1],
  perf_event_open: [4, 0x8],
  close_range: [2, 0x4],
};

/**
 * Whether a call has its descriptors closed by execve: by the name of a flag, `O_RDONLY|O_CLOEXEC`, or, as -X raw
 * prints it, by its bit, `0x1|0x80000`.
 */
export function closesOnExec({ syscall, args, bytes, scan }: DescriptorCall): boolean {
  if (args.includes('_CLOEXEC')) return true;
  const flags = FLAGS[syscall.text];
  return flags !== undefined && (readBits(scan.textOf(bytes, flags[0])) & flags[1]) !== 0;
}

/** All bits of `0x1|0x80000` or `{flags=0x80000, resolve=0}`. */
function readBits(text: string): number {
  const [first] = text.split(', ', 1);
  return [...first.matchAll(/\b0x([0-9a-f]+)/g)].reduce(
    (bits, [, digits]) => bits | Number.parseInt(digits, 16),
    0,
  );
}

/** Requests of fcntl and ioctl about descriptors, by number. */
const CONTROLS: Record<string, Record<number, string>> = {
  fcntl: { 0: 'F_DUPFD', 2: 'F_SETFD', 1030: 'F_DUPFD_CLOEXEC' },
  ioctl: { 21584: 'FIONCLEX', 21585: 'FIOCLEX' },
};

/** The name of what a call of fcntl or ioctl asks for, given as such or (-X raw, -X verbose) as a number; else the number. */
export function readControl({ syscall, bytes, scan }: DescriptorCall): string {
  const [, name, number] = /^(?:[a-z]+=)?(?:([A-Z_]\w*)|(\w+))/.exec(scan.textOf(bytes, 1)) ?? [];
  return name ?? CONTROLS[syscall.text.replace('64', '')]?.[Number(number)] ?? number ?? '';
}

/** The number that an argument is, `4294967295`, `0xffffffff` or (-N) `max_fd=4294967295`; NaN when it is none. */
export function numberOf(text: string): number {
  return Number(/^(?:[a-z_]+=)?(\w+)$/.exec(text)?.[1]);
}
