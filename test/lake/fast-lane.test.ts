import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ChunkParser } from '../../lib/lake/chunk-parser.ts';
import { FastLane } from '../../lib/lake/lane/fast-lane.ts';
import { noSink } from '../../lib/strace/call.ts';
import { LineReader } from '../../lib/strace/line-reader.ts';
import { LogParser } from '../../lib/strace/log-parser.ts';
import { isSameState, ParserState } from '../../lib/strace/parser-state.ts';
import { findUnnamedPid } from '../../lib/strace/unnamed-pid.ts';
import { anyLog } from '../strace/any-log.ts';
import { TEST_DAY } from '../strace/parsed-log.ts';

const files = ['../strace/cases/', '../logs/']
  .map((folder) => new URL(folder, import.meta.url))
  .flatMap((folder) => readdirSync(folder).map((name) => new URL(name, folder)))
  .filter(({ pathname }) => /\.log(\.gz)?$/.test(pathname));
const parser = new ChunkParser('s');

afterEach(() => {
  vi.restoreAllMocks();
});

function read(file: URL): Uint8Array {
  const bytes = readFileSync(file);
  return file.pathname.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** What becomes of a log that is parsed in pieces of `lines` lines, and of the state. */
function parse(log: Uint8Array, lines = Number.POSITIVE_INFINITY): unknown[] {
  const state = new ParserState(TEST_DAY);
  state.processes.nameUnnamed(findUnnamedPid(log));
  return [...cut(log, lines)].map((bytes) => {
    const isLast = bytes.byteOffset + bytes.length === log.byteOffset + log.length;
    const { group, ...counted } = parser.parse({ bytes, isLast }, state);
    const hash = createHash('sha1');
    for (const piece of group?.bytes ?? []) hash.update(piece);
    return structuredClone({
      ...counted,
      rows: group?.rows,
      bytes: hash.digest('hex'),
      state: state.snapshot(),
    });
  });
}

/** The same by the general parser alone. */
function parseWithoutLane(log: Uint8Array, lines?: number): unknown[] {
  const read = vi.spyOn(FastLane.prototype, 'read').mockReturnValue(0);
  try {
    return parse(log, lines);
  } finally {
    read.mockRestore();
  }
}

function* cut(log: Uint8Array, lines: number): Generator<Uint8Array> {
  let start = 0;
  let count = 0;
  for (let feed = log.indexOf(0x0a); feed >= 0; feed = log.indexOf(0x0a, feed + 1)) {
    // what a space begins belongs to the line before
    if (++count < lines || log[feed + 1] === 0x20 || feed + 1 === log.length) continue;
    yield log.subarray(start, feed + 1);
    start = feed + 1;
    count = 0;
  }
  yield log.subarray(start);
}

const smallFd = fc.integer({ min: 3, max: 6 });
const path = fc.constantFrom(
  '/etc/a',
  'b',
  '../c',
  '/dev/null',
  '/dev/fd/3',
  '/proc/self/fd/4',
  '',
);
const flags = fc.constantFrom('O_RDONLY', 'O_RDWR|O_CLOEXEC', 'O_RDWR|O_TMPFILE', '0x80000', '0');
/** Lines of a log without -y that open, close, double, use or hand on a descriptor. */
const descriptorCall = fc
  .record({ pid: fc.constantFrom(7, 8), fd: smallFd, other: smallFd, path, flags })
  .chain(({ pid, fd, other, path, flags }) =>
    fc
      .constantFrom(
        `openat(AT_FDCWD, "${path}", ${flags}) = ${fd}`,
        `openat(${other}, "${path}", ${flags}) = ${fd}`,
        `openat(AT_FDCWD, "${path}", ${flags}) = -1 ENOENT (No such file or directory)`,
        `open("${path}", ${flags}) = ${fd}`,
        `creat("${path}", 0644) = ${fd}`,
        `close(${fd}) = 0`,
        `dup(${other}) = ${fd}`,
        `dup2(${other}, ${fd}) = ${fd}`,
        `dup3(${other}, ${fd}, O_CLOEXEC) = ${fd}`,
        `fcntl(${other}, F_DUPFD, 3) = ${fd}`,
        `fcntl(${other}, F_DUPFD_CLOEXEC, 3) = ${fd}`,
        `fcntl(${fd}, F_SETFD, FD_CLOEXEC) = 0`,
        `fcntl(${fd}, F_SETFD, 0) = 0`,
        `fcntl(${fd}, F_SETFD, 0x1) = 0`,
        `fcntl(${fd}, F_GETFL) = 0x8000 (flags O_RDONLY|O_LARGEFILE)`,
        `ioctl(${fd}, FIOCLEX) = 0`,
        `ioctl(${fd}, TCGETS, {c_iflag=ICRNL, ...}) = 0`,
        `read(${fd}, "x", 1) = 1`,
        `newfstatat(${fd}, "${path}", {st_mode=S_IFREG|0644, ...}, AT_EMPTY_PATH) = 0`,
        `socket(AF_INET, SOCK_STREAM, 0) = ${fd}`,
        `connect(${fd}, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0`,
        `recvfrom(${fd}, "x", 1, 0, NULL, NULL) = 1`,
        `sendmsg(${fd}, {msg_name=NULL, msg_iov=[{iov_base="x", iov_len=1}], msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[${other}]}]}, 0) = 1`,
        `pipe2([${fd}, ${other}], O_CLOEXEC) = 0`,
        `chdir("/srv/${fd}") = 0`,
        `clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FILES) = 8`,
        `execve("/bin/x", ["x"], 0x7f /* 2 vars */) = 0`,
      )
      .chain((call) =>
        fc.constantFrom(
          [`${pid} ${call}`],
          interrupted(pid, call, `${15 - pid} read(${fd}, "x", 1) = 1`),
        ),
      ),
  );

/** The lines of a call that another one's line interrupts. */
function interrupted(pid: number, call: string, other: string): string[] {
  const cut = call.includes(', ') ? call.indexOf(', ') : call.indexOf('(') + 1;
  const name = call.slice(0, call.indexOf('('));
  return [
    `${pid} ${call.slice(0, cut)} <unfinished ...>`,
    other,
    `${pid} <... ${name} resumed>${call.slice(cut)}`,
  ];
}

/** The states that the pieces of a log leave, when it is skimmed or parsed. */
function statesOf(log: Uint8Array, lines: number, isSkimming: boolean): unknown[] {
  const state = new ParserState(TEST_DAY);
  return [...cut(log, lines)].map((bytes) => {
    if (isSkimming) parser.skim({ bytes, isLast: false }, state);
    else parser.parse({ bytes, isLast: false }, state);
    return state.snapshot();
  });
}

describe('the fast lane', () => {
  test.each(files)('gives the bytes, counts and state of the general parser: %s', (file) => {
    const log = read(file);
    expect(parse(log)).toEqual(parseWithoutLane(log));
    expect(parse(log, 40)).toEqual(parseWithoutLane(log, 40));
  });

  test('gives them of whatever is read as a log', () => {
    fc.assert(
      fc.property(anyLog, fc.integer({ min: 1, max: 9 }), (log, lines) => {
        expect(parse(log, lines)).toEqual(parseWithoutLane(log, lines));
      }),
      { numRuns: 1500 },
    );
  });

  test('follows descriptors that no decoration tells of', () => {
    const calls = fc.array(descriptorCall, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const log = Buffer.from(`${lines.flat().join('\n')}\n`);
        expect(parse(log, size)).toEqual(parseWithoutLane(log, size));
        expect(statesOf(log, size, true)).toEqual(statesOf(log, size, false));
      }),
      { numRuns: 200 },
    );
  });

  test('reads the lines that logs are made of', () => {
    const log = read(new URL('../logs/gcc.log', import.meta.url));
    const general = vi.spyOn(LogParser.prototype, 'readLine');
    parse(log);
    const lines = log.filter((byte) => byte === 0x0a).length;
    expect(lines).toBeGreaterThan(2000);
    expect(general.mock.calls.length).toBeLessThan(lines / 20);
  });

  test('leaves paths behind chroot to the general parser', () => {
    const lines = ['7 chroot("/jail") = 0', '7 access("/etc/hosts", R_OK) = 0'];
    const log = Buffer.from([...lines, '7 access("bin", R_OK) = 0', ''].join('\n'));
    expect(parse(log)).toEqual(parseWithoutLane(log));
  });

  test('takes more rows, names and bytes than it has room for at first', () => {
    const long = 'x'.repeat(3000);
    const lines = Array.from({ length: 40_000 }, (_, i) => {
      const path = i % 9 === 0 ? `/${long}/${i}` : `/folder/file${i}`;
      return `${i % 5000} openat(AT_FDCWD</srv>, "${path}", O_RDONLY) = 3<${path}>\n`;
    });
    const log = Buffer.from(lines.join(''));
    expect(parse(log)).toEqual(parseWithoutLane(log));
  });
});

describe('skimming', () => {
  test.each(files)('leaves the state that parsing leaves: %s', (file) => {
    for (const lines of [1, 30]) {
      const skimmed = new ParserState(TEST_DAY);
      const parsed = new LogParser(noSink, TEST_DAY);
      const wrong: number[] = [];
      const reader = new LineReader((bytes, start, end) => parsed.readLine(bytes, start, end));
      for (const bytes of cut(read(file), lines)) {
        parser.skim({ bytes, isLast: false }, skimmed);
        reader.push(bytes);
        if (bytes.at(-1) !== 0x0a) break;
        if (!isSameState(skimmed.snapshot(), parsed.state.snapshot())) wrong.push(parsed.lines);
      }
      expect(wrong).toEqual([]);
    }
  });
});
