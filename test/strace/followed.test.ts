import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closeDecoration } from '../../lib/strace/arguments.ts';
import { readTestLog } from '../recorded-logs.ts';
import { parseLog, type Row } from './parsed-log.ts';

/** What -yy tells on every line, and what must be known of the same calls without it. */
const COLUMNS = ['fd', 'fd_kind', 'protocol', 'local_address', 'remote_address', 'executable'];

describe.each(['moves_yy.log', 'torture_Y.log', 'gcc.log'])(
  '%s without its decorations',
  (name) => {
    const log = readTestLog(name);
    const told = parseLog(log).rows;
    const followed = parseLog(undecorate(log)).rows;
    const pairs = told.map((row, i): [Row, Row] => [row, followed[i]]);

    it('has the same calls', () => {
      expect(followed.map(({ seq, syscall }) => `${seq} ${syscall}`)).toEqual(
        told.map(({ seq, syscall }) => `${seq} ${syscall}`),
      );
    });

    it('says of files and descriptors what the decorations say, or nothing', () => {
      const wrong = pairs.flatMap(([row, bare]) => {
        const columns = COLUMNS.filter((column) => differs(read(row, column), read(bare, column)));
        const isPathWrong = bare.path?.startsWith('/') && real(bare.path) !== real(row.path);
        return [...columns, ...(isPathWrong ? ['path'] : [])].map(
          (column) => `${row.seq} ${column}: ${read(row, column)}, not ${read(bare, column)}`,
        );
      });
      expect(wrong).toEqual([]);
    });
  },
);

it('loses without -yy only what no call tells', () => {
  const log = readTestLog('moves_yy.log');
  const followed = parseLog(undecorate(log)).rows;
  const lost = parseLog(log).rows.filter(
    ({ path }, i) => path !== null && followed[i].path === null,
  );
  expect(lost.map(({ syscall, path }) => `${syscall} ${path?.replace(/#\d+/, '#')}`)).toEqual([
    // a file without a name
    'write /tmp/moves/#',
    'close /tmp/moves/#',
    // those are about the socket; what they carry is known where it arrives
    ...['sendmsg /etc/hosts', 'recvmsg /etc/hosts', 'sendmsg /etc/hosts', 'recvmsg /etc/hosts'],
    // open from the start
    ...['close /dev/null', 'close /dev/null'],
  ]);
});

function read(row: Row, column: string): unknown {
  return row[column as keyof Row];
}

/**
 * What is not known is NULL. What -yy calls UNIX is known by its type without; of a socket bound to port 0 is
 * known what was asked for.
 */
function differs(told: unknown, followed: unknown): boolean {
  if (followed === null || followed === told) return false;
  if (told === 'UNIX') return !/^UNIX/.test(`${followed}`);
  return `${followed}` !== `${told}`.replace(/:\d+$/, ':0');
}

/** A path is followed as it was named, -yy shows where the links of the machine led. */
function real(path: string | null): string | undefined {
  if (path === null) return undefined;
  const plain = posix.normalize(path).replace(/^\/proc\/(self|\d+)\//, '/proc/self/');
  return LINKS.reduce((target, [link, to]) => target.replace(link, to), plain);
}

const LINKS: [RegExp, string][] = [
  [/^\/usr\/share\/locale\/locale\.alias$/, '/etc/locale.alias'],
  [/^\/(lib|bin)\//, '/usr/$1/'],
  [/^\/lib64\//, '/usr/lib/x86_64-linux-gnu/'],
  // libm.so.6 is libm.so.6.0
  [/(\.so)[.\d]+$/, '$1'],
];

/** The log as strace prints it without -y: no `<...>` behind descriptors and AT_FDCWD. */
function undecorate(log: Buffer): Buffer {
  const plain: number[] = [];
  for (let at = 0; at < log.length; ) {
    const byte = log[at];
    if (byte === 0x22) {
      const end = endOfString(log, at + 1);
      plain.push(...log.subarray(at, end));
      at = end;
    } else if (byte === 0x3c && isDecorated(log, at)) {
      at = closeDecoration(log, at + 1, log.length) + 1;
      if (log.subarray(at, at + 9).toString() === '(deleted)') at += 9;
    } else {
      plain.push(byte);
      at++;
    }
  }
  return Buffer.from(plain);
}

function endOfString(log: Buffer, start: number): number {
  let at = start;
  while (log[at] !== 0x22) at += log[at] === 0x5c ? 2 : 1;
  return at + 1;
}

function isDecorated(log: Buffer, at: number): boolean {
  const before = log.subarray(Math.max(at - 8, 0), at).toString('latin1');
  return /\d$/.test(before) ? log[at + 1] !== 0x3c : before === 'AT_FDCWD';
}

it('names a Unix socket as it names a file, without the escapes', () => {
  const name = String.raw`"/tmp/s\303\251"`;
  const rows = (lines: string[]) => parseLog(Buffer.from(`${lines.join('\n')}\n`)).rows;
  const decorated = rows([`listen(3<UNIX-STREAM:[7,${name}]>, 3) = 0`]);
  const followed = rows([
    'socket(AF_UNIX, SOCK_STREAM, 0) = 3',
    `bind(3, {sa_family=AF_UNIX, sun_path=${name}}, 110) = 0`,
    'listen(3, 3) = 0',
  ]);
  expect(followed[1].path).toBe('/tmp/sé');
  expect(decorated[0].local_address).toBe('/tmp/sé');
  expect(followed[2].local_address).toBe('/tmp/sé');
});

it('does not take the peer of a socket for that of another one with its number', () => {
  const listening = '<TCP:[127.0.0.1:80]>';
  const peer = '{sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("10.0.0.1")}';
  const own = '{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}';
  const lines = [
    'openat(AT_FDCWD</home>, "x", O_RDONLY) = 3</home/x>',
    'socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5<TCP:[7]>',
    `connect(5<TCP:[7]>, ${peer}, 16) = 0`,
    `dup2(7${listening}, 5<TCP:[127.0.0.1:9->10.0.0.1:443]>) = 5${listening}`,
    `getsockname(5${listening}, ${own}, [16]) = 0`,
  ];
  const { rows } = parseLog(Buffer.from(`${lines.join('\n')}\n`));
  expect(rows[2].remote_address).toBe('10.0.0.1:443');
  expect(rows[4]).toMatchObject({ local_address: '127.0.0.1:80', remote_address: null });
});
