import fc from 'fast-check';
import { logNames, readTestLog } from '../recorded-logs.ts';

const logs = logNames
  .filter((name) => name.startsWith('torture'))
  .map((name) => readTestLog(name).toString('latin1').split('\n'));
/** Every line of every short log, so that each form the tests know is mutated. */
const lines = [...new Set(logs.flat())];
/** What strace's grammar is made of: random bytes alone would never come near it. */
const pieces = [
  ...['1 ', '[pid  2] ', '3<a b> ', '09:31:28.202285 ', '1795426240.000000 ', '     0.000028 '],
  ...['(+     0.000064) ', '[ 257] ', '[????????] ', '[a:b:c] ', 'strace: ', 'Process 2 attached'],
  ...['read(', 'clone(', 'execve(', 'openat(', 'fchdir(', '????(', 'close_range(', 'socketpair('],
  ...[
    'unshare(',
    'chroot(',
    'sendmsg(',
    'recvmsg(',
    'ioctl(',
    'cmsg_type=SCM_RIGHTS, cmsg_data=[3]',
  ],
  ...['<... read resumed>', '<... clone resumed> ', ' <unfinished ...>', ' <detached ...>'],
  ...['"', '"abc"...', '\\', '\\1', '\\x', '3</etc/passwd>', '4</dev/null<char 1:3>>', '5<'],
  ...['AT_FDCWD</home>', 'AT_FDCWD', '<TCP:[1->2]>', '<UNIX-STREAM:[1,"/s"]>', 'sun_path="x"'],
  ...['{sa_family=AF_INET, ', '[', ']', '{', '}', '(', ')', '/* ', ' */', ', ', ' => ', '='],
  ...[') = ', '0', '0x', '022', '-1 ENOENT (No such file)', '?', ' (INJECTED)', ' <0.000012>'],
  ...['+++ exited with 0 +++', '+++ superseded by execve in pid 3 +++', '--- SIGCHLD {} ---'],
  ...['% time     seconds  usecs/call     calls    errors syscall', '------ ---', ' > /lib/x()'],
  ...[' | 00000  7f', '\n', '\n', '\n', '\r\n', '\0', '\xff', '\xc3\xa9', '99999999999999999999'],
];

const garbage = fc.uint8Array({ maxLength: 400 });
const grammar = fc
  .array(fc.constantFrom(...pieces), { maxLength: 60 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));
const mutated = fc
  .array(fc.tuple(fc.constantFrom(...lines), fc.array(mutation(), { maxLength: 3 })), {
    maxLength: 12,
  })
  .map((picked) => {
    const texts = picked.map(([line, mutations]) =>
      mutations.reduce((text, mutate) => mutate(text), line),
    );
    return Buffer.from(texts.join('\n'), 'latin1');
  });
/** Bytes that are no log, or nearly one. */
export const anyLog: fc.Arbitrary<Uint8Array> = fc.oneof(
  { arbitrary: garbage, weight: 1 },
  { arbitrary: grammar, weight: 3 },
  { arbitrary: mutated, weight: 4 },
);

type Mutation = (text: string) => string;

function mutation(): fc.Arbitrary<Mutation> {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const at = (text: string, where: number) => Math.floor(where * text.length);
  return fc.oneof(
    place.map(
      (where): Mutation =>
        (text) =>
          text.slice(0, at(text, where)),
    ),
    place.map(
      (where): Mutation =>
        (text) =>
          text.slice(at(text, where)),
    ),
    fc.tuple(place, place).map(
      ([from, to]): Mutation =>
        (text) => {
          const [start, end] = [at(text, from), at(text, to)].sort((a, b) => a - b);
          return text.slice(0, start) + text.slice(end);
        },
    ),
    fc.tuple(place, fc.constantFrom(...pieces)).map(
      ([where, piece]): Mutation =>
        (text) => {
          return text.slice(0, at(text, where)) + piece + text.slice(at(text, where));
        },
    ),
    fc.tuple(place, fc.nat(255)).map(
      ([where, byte]): Mutation =>
        (text) => {
          const start = at(text, where);
          return text.slice(0, start) + String.fromCharCode(byte) + text.slice(start + 1);
        },
    ),
    fc.constant<Mutation>((text) => `${text}${text}`),
  );
}
