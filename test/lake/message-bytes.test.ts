import { expect, it } from 'vitest';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { readRows } from './parquet-bytes.ts';

const message = (text: string, length: number) =>
  `{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="${text}", iov_len=100}], msg_iovlen=1, ` +
  `msg_control=[{cmsg_len=28, cmsg_level=SOL_IP, cmsg_type=0x2}], msg_controllen=32, msg_flags=0}, msg_len=${length}}`;
const two = `${message(String.raw`\", msg_len=7\\`, 13)}, ${message('b, msg_len=9', 1400)}`;

const transfers: [line: string, bytes: bigint | null, direction: string | null][] = [
  [`sendmmsg(4, [${two}], 2, 0) = 2`, 1413n, 'out'],
  [`recvmmsg(3, [${two}], 2, 0, NULL) = 2`, 1413n, 'in'],
  [String.raw`recvmmsg(3</tmp/\"x>, [${two}], 2, 0, NULL) = 2`, 1413n, 'in'],
  [`recvmmsg_time64(3<UDP:[127.0.0.1:1]>, [${two}], 2, 0, NULL) = 0x2`, 1413n, 'in'],
  // sent only the first
  [`sendmmsg(4, [${two}], 2, 0) = 1`, 13n, 'out'],
  [`sendmmsg(4, [], 0, 0) = 0`, 0n, 'out'],
  // strace prints no more than 32 of them
  [`sendmmsg(4, [${two}, ...], 40, 0) = 40`, null, null],
  ['sendmmsg(0x4, 0x7ffeab193ee0, 0x2, 0) = 0x2', null, null],
  ['recvmmsg(3, 0x7fff59ed4810, 3, MSG_DONTWAIT, NULL) = -1 EAGAIN (Resource)', null, null],
  ['sendmsg(4, {msg_name=NULL, msg_iovlen=1}, 0) = 5', 5n, 'out'],
];

it.each([
  ['by one program', ''],
  ['cut in two by another thread', ' <unfinished ...>\n<... NAME resumed>'],
])('sums the messages that sendmmsg and recvmmsg move: %s', async (_, cut) => {
  const lines = transfers.flatMap(([line], i) => {
    const name = line.slice(0, line.indexOf('('));
    const resumed = cut.replace('NAME', name);
    const text = cut === '' ? line : line.replace(', ', `, ${resumed}`);
    return text.split('\n').map((half) => `1 17954262${40 + i}.000000 ${half}\n`);
  });
  const rows = await convert(lines.join(''));
  expect(rows.map(({ bytes, direction }) => [bytes, direction])).toEqual(
    transfers.map(([, ...moved]) => moved),
  );
});

async function convert(log: string): Promise<Record<string, unknown>[]> {
  const rows = [];
  for await (const { body } of convertLog(inOne(Buffer.from(log)), {
    session: 'app',
    date: '2026-11-23',
  })) {
    rows.push(...(await readRows(Buffer.concat(await Array.fromAsync(body)))));
  }
  return rows;
}

async function* inOne(bytes: Uint8Array) {
  yield bytes;
}
