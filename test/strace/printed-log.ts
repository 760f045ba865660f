import fc from 'fast-check';

/** One call as a traced process makes it, before any option decides how it is printed. */
export interface MadeCall {
  syscall: string;
  /** Arguments as printed; strace may stop behind any of them when another process interrupts. */
  args: string[];
  /** What stands behind ` = `, and what it means. */
  returned: Returned;
  /** Microseconds from the call before of any process, and within the call. */
  wait: number;
  duration: number;
}

interface Returned {
  text: string;
  ret: bigint | null;
  ret_text: string | null;
  error: string | null;
}

/** How strace prints calls. */
export interface PrintOptions {
  pids: 'none' | 'column' | 'padded' | 'bracket';
  comm: boolean;
  clock: 'none' | 's' | 'us' | 'ns' | 'epoch';
  relative: boolean;
  number: boolean;
  pointer: boolean;
  durations: boolean;
  /** strace before 5.0 puts a space behind `resumed>`. */
  isOld: boolean;
  crlf: boolean;
}

const escapes: Record<number, string> = {
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

/** Bytes as strace quotes them: octal as short as the next character allows. */
function quote(bytes: Uint8Array, isPath = false): string {
  return Array.from(bytes, (byte, i) => {
    if (escapes[byte] !== undefined) return escapes[byte];
    const isBracket = isPath && (byte === 0x3c || byte === 0x3e);
    if (byte >= 0x20 && byte < 0x7f && !isBracket) return String.fromCharCode(byte);
    const isDigitNext = bytes[i + 1] >= 0x30 && bytes[i + 1] <= 0x37;
    return `\\${byte.toString(8).padStart(isDigitNext ? 3 : 1, '0')}`;
  }).join('');
}

const tricky = fc.constantFrom(
  ...[') = 0', ' <unfinished ...>', '<... read resumed>', '+++ exited with 0 +++', '"', '\\', '>'],
  ...['3</x', '/* ', '(', '{[', ' => ', ', ', ' = -1 ENOENT (x)', ' <0.000012>', '# \n'],
);
const text = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.array(tricky, { maxLength: 4 }).map((parts) => Uint8Array.from(Buffer.from(parts.join('')))),
);
const string = fc
  .tuple(text, fc.boolean())
  .map(([bytes, isCut]) => `"${quote(bytes)}"${isCut ? '...' : ''}`);
const number = fc.oneof(
  fc.integer().map(String),
  fc.nat().map((value) => `0x${value.toString(16)}`),
  fc.constantFrom('NULL', 'O_RDONLY|O_CLOEXEC', 'AT_FDCWD', '0777', 'makedev(0x1, 0x3)', '1<<3'),
  fc.constantFrom('~[RTMIN RT_1]', '[]', '0x7ffd /* 35 vars */', '[/* 2 vars */]', '[..., ...]'),
);
/** What -y and -yy put behind a descriptor. */
const decoration = fc.oneof(
  text.map((bytes) => `/${quote(bytes, true)}`),
  text.map((bytes) => `/${quote(bytes, true)}`).map((path) => `${path} (deleted)`),
  fc.constantFrom('/dev/null<char 1:3>', '/dev/ptmx<char 5:2 @/dev/pts/7>', 'pipe:[32376]'),
  fc.constantFrom('TCP:[127.0.0.1:5->127.0.0.1:6]', 'TCPv6:[[::1]:5->[::1]:6]', 'UDP:[32379]'),
  fc.constantFrom(
    'anon_inode:[eventpoll]',
    'UNIX-STREAM:[1->2]',
    '{eventfd-count=0x3, eventfd-id=1}',
  ),
  text.map((bytes) => `UNIX-STREAM:[32406,"${quote(bytes)}"]`),
);
const descriptor = fc.tuple(fc.nat(500), decoration).map(([fd, what]) => `${fd}<${what}>`);
const simple = fc.oneof(number, string, descriptor);
const argument = fc.oneof(
  { arbitrary: simple, weight: 5 },
  {
    arbitrary: fc
      .array(simple, { maxLength: 3 })
      .map((fields) => `{${fields.map((field, i) => `f${i}=${field}`).join(', ')}, ...}`),
    weight: 1,
  },
  {
    arbitrary: fc.array(simple, { maxLength: 3 }).map((list) => `[${list.join(', ')}]`),
    weight: 1,
  },
  { arbitrary: fc.tuple(simple, simple).map((pair) => pair.join(' => ')), weight: 1 },
);

const int64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const returned: fc.Arbitrary<Returned> = fc.oneof(
  int64.map((ret) => ({ text: `${ret}`, ret, ret_text: null, error: null })),
  int64.map((ret) => {
    const hex = `0x${BigInt.asUintN(64, ret).toString(16)}`;
    return { text: hex, ret, ret_text: hex, error: null };
  }),
  fc.nat(0o7777).map((mode) => ({
    text: `0${mode.toString(8).padStart(2, '0')}`,
    ret: BigInt(mode),
    ret_text: null,
    error: null,
  })),
  fc.tuple(fc.nat(99), decoration).map(([fd, what]) => ({
    text: `${fd}<${what}>`,
    ret: BigInt(fd),
    ret_text: `<${what}>`,
    error: null,
  })),
  fc.constantFrom('ENOENT (No such file)', 'EPERM (a (b) c)', 'EIO (x) (INJECTED)').map((says) => ({
    text: `-1 ${says}`,
    ret: -1n,
    ret_text: says,
    error: says.split(' ')[0],
  })),
  fc
    .constantFrom('(Timeout)', '(in [6], left {tv_sec=0})', '(flags O_RDWR) (DELAYED)')
    .map((says) => ({
      text: `1 ${says}`,
      ret: 1n,
      ret_text: says,
      error: null,
    })),
  fc.constant({
    text: '? ERESTARTSYS (To be restarted if SA_RESTART is set)',
    ret: null,
    ret_text: 'ERESTARTSYS (To be restarted if SA_RESTART is set)',
    error: 'ERESTARTSYS',
  }),
  fc.constant({ text: '?', ret: null, ret_text: null, error: null }),
);

/** Calls that change nothing that other calls depend on. */
const call: fc.Arbitrary<MadeCall> = fc.record({
  syscall: fc.constantFrom(
    'read',
    'ioctl',
    'wait4',
    'pselect6',
    'newfstatat',
    'syscall_0x597',
    '_llseek',
  ),
  args: fc.array(argument, { maxLength: 5 }),
  returned,
  wait: fc.nat(2_000_000),
  duration: fc.nat(90_000_000),
});

export const options: fc.Arbitrary<PrintOptions> = fc.record({
  pids: fc.constantFrom('none', 'column', 'padded', 'bracket'),
  comm: fc.boolean(),
  clock: fc.constantFrom('none', 's', 'us', 'ns', 'epoch'),
  relative: fc.boolean(),
  number: fc.boolean(),
  pointer: fc.boolean(),
  durations: fc.boolean(),
  isOld: fc.boolean(),
  crlf: fc.boolean(),
});

/** A call, which of the processes makes it, and how many calls begin before it returns. */
export interface Step {
  process: number;
  call: MadeCall;
  /** Arguments printed before another process interrupts. */
  cut: number;
  returnsAfter: number;
}

export const schedule: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ process: fc.nat(2), call, cut: fc.nat(6), returnsAfter: fc.nat(3) }),
  { minLength: 1, maxLength: 25 },
);

/** What must be read of a printed call. */
export interface ExpectedRow {
  pid: number | null;
  comm: string | null;
  syscall: string;
  args: string;
  ret: bigint | null;
  ret_text: string | null;
  error: string | null;
  time_ns: bigint | null;
  duration_ns: number | null;
}

const PIDS = [77, 4129, 1234567];
const COMM = { printed: 'a] (b) \\76 c', meant: 'a] (b) > c' };
/** 2026-11-23 23:59:50 UTC: logs cross midnight. */
const START = 1_795_478_390n * 1_000_000n;

interface Pending {
  step: Step;
  row: ExpectedRow;
  left: number;
}

/** Prints calls as strace would, and lists the rows they are, in the order in which they return. */
export class LogPrinter {
  readonly rows: ExpectedRow[] = [];
  #lines: string[] = [];
  #options: PrintOptions;
  #now = START;
  #first: bigint | undefined;
  #last: bigint | undefined;
  #pending = new Map<number, Pending>();

  constructor(options: PrintOptions) {
    this.#options = options;
  }

  /** The log so far. */
  get log(): Buffer {
    const end = this.#options.crlf ? '\r\n' : '\n';
    return Buffer.from(this.#lines.map((line) => line + end).join(''), 'latin1');
  }

  print(steps: Step[]): void {
    for (const step of steps) {
      this.#countDown();
      this.#begin(step);
    }
    for (const process of this.#pending.keys()) this.#resume(process);
  }

  #begin(step: Step): void {
    // without -f there is one process, which nothing interrupts
    const isAlone = this.#options.pids === 'none';
    const process = isAlone ? 0 : step.process;
    this.#resume(process);
    const { syscall, args } = step.call;
    const row = this.#row(step.call, process);
    const leader = this.#leader(process);
    if (isAlone || step.returnsAfter === 0) {
      this.#lines.push(`${leader}${syscall}(${args.join(', ')}${this.#end(step.call)}`);
      this.rows.push(row);
    } else {
      const head = args
        .slice(0, step.cut)
        .map((arg, i) => (i < args.length - 1 ? `${arg}, ` : arg));
      this.#lines.push(`${leader}${syscall}(${head.join('')} <unfinished ...>`);
      this.#pending.set(process, { step, row, left: step.returnsAfter });
    }
  }

  #countDown(): void {
    for (const [process, pending] of this.#pending) {
      if (pending.left-- === 0) this.#resume(process);
    }
  }

  #resume(process: number): void {
    const pending = this.#pending.get(process);
    if (pending === undefined) return;
    this.#pending.delete(process);
    const { step, row } = pending;
    this.#now += BigInt(step.call.wait);
    const tail = step.call.args.slice(step.cut).join(', ');
    const mark = `<... ${step.call.syscall} resumed>${this.#options.isOld ? ' ' : ''}`;
    this.#lines.push(`${this.#leader(process)}${mark}${tail}${this.#end(step.call)}`);
    this.rows.push(row);
  }

  #row({ syscall, args, returned, wait, duration }: MadeCall, process: number): ExpectedRow {
    const { pids, comm, durations } = this.#options;
    this.#now += BigInt(wait);
    return {
      pid: pids === 'none' ? null : PIDS[process],
      comm: pids !== 'none' && comm ? COMM.meant : null,
      syscall,
      args: args.join(', '),
      ret: returned.ret,
      ret_text: returned.ret_text,
      error: returned.error,
      time_ns: this.#time(),
      duration_ns: durations && returned.text !== '?' ? duration * 1000 : null,
    };
  }

  #time(): bigint | null {
    const { clock, relative } = this.#options;
    if (clock === 's') return (this.#now / 1_000_000n) * 1_000_000_000n;
    if (clock !== 'none') return this.#now * 1000n;
    if (!relative) return null;
    // -r alone counts from the first line, whose wait is before the log
    this.#first ??= this.#now;
    return (this.#now - this.#first) * 1000n;
  }

  #leader(process: number): string {
    const { pids, comm, number, pointer } = this.#options;
    const name = comm ? `<${COMM.printed}>` : '';
    const pid = {
      none: '',
      column: `${PIDS[process]}${name} `,
      padded: `${`${PIDS[process]}${name}`.padEnd(5)} `,
      bracket: `[pid ${String(PIDS[process]).padStart(5)}${name}] `,
    }[pids];
    const time = this.#printTime();
    return `${pid}${time}${number ? '[  17] ' : ''}${pointer ? '[00007f297954f011] ' : ''}`;
  }

  #printTime(): string {
    const { clock, relative } = this.#options;
    const seconds = this.#now / 1_000_000n;
    const micros = String(this.#now % 1_000_000n).padStart(6, '0');
    const ofDay = new Date(Number(seconds) * 1000).toISOString().slice(11, 19);
    const absolute = {
      none: '',
      s: `${ofDay} `,
      us: `${ofDay}.${micros} `,
      ns: `${ofDay}.${micros}000 `,
      epoch: `${seconds}.${micros} `,
    }[clock];
    const since = this.#now - (this.#last ?? this.#now);
    this.#last = this.#now;
    if (!relative) return absolute;
    const step = `${String(since / 1_000_000n).padStart(6)}.${String(since % 1_000_000n).padStart(6, '0')}`;
    return clock === 'none' ? `${step} ` : `${absolute}(+${step}) `;
  }

  #end({ returned, duration }: MadeCall): string {
    const seconds = Math.floor(duration / 1e6);
    const micros = String(duration % 1e6).padStart(6, '0');
    return `)${' '.repeat(1 + (duration % 30))}= ${returned.text}${
      this.#options.durations && returned.text !== '?' ? ` <${seconds}.${micros}>` : ''
    }`;
  }
}
