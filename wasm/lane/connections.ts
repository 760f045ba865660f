import { BRACKET_CLOSE, COLON, findByte, GREATER, MINUS } from '../ascii';
import { describeName } from './javascript';
import { lasting } from './known';
import { NameRef, Target } from './records';

/** `TCP`, `UDP`, `v6`, `:[` and `->` as words. */
const TCP: u32 = 0x504354;
const UDP: u32 = 0x504455;
const THREE_BYTES: u32 = 0xffffff;
const V6: u16 = 0x3676;
const OPENING: u16 = 0x5b3a;
const PADDING: usize = 16;
const SOCKET: usize = memory.data<u8>([0x73, 0x6f, 0x63, 0x6b, 0x65, 0x74]);

/** Names of the protocols and of their kind, 0 while JavaScript was not asked for them. */
const names: usize = memory.data(5 * 4, 8);

/** Forgets the names; their memory was taken back. */
export function forgetProtocols(): void {
  memory.fill(names, 0, 5 * 4);
}

/**
 * Makes the record of a connection, `TCP:[127.0.0.1:80->10.0.0.1:5]`, of which a server has as many as clients;
 * 0 for any other decoration.
 */
export function connectionOf(at: usize, length: i32): usize {
  const end = at + length - 1;
  const protocol = load<u32>(at) & THREE_BYTES;
  if ((protocol != TCP && protocol != UDP) || load<u8>(end) != BRACKET_CLOSE) return 0;
  const isV6 = load<u16>(at + 3) == V6;
  const colon = at + (isV6 ? 5 : 3);
  if (load<u16>(colon) != OPENING) return 0;
  const local = colon + 2;
  const arrow = findArrow(local, end);
  const remote = arrow + 2;
  if (remote >= end || findArrow(remote, end) != end) return 0;
  if (findByte(COLON, local, arrow) == arrow || findByte(COLON, remote, end) == end) return 0;
  const record = lasting.take(offsetof<Target>());
  memory.fill(record, 0, offsetof<Target>());
  const made = changetype<Target>(record);
  const place = (protocol == UDP ? 2 : 0) + (isV6 ? 1 : 0);
  made.kind = knownName(4, SOCKET, 6);
  made.protocol = knownName(place, at, <i32>(colon - at));
  made.local = makeName(local, <i32>(arrow - local));
  made.remote = makeName(remote, <i32>(end - remote));
  return record;
}

function findArrow(start: usize, end: usize): usize {
  let at = findByte(MINUS, start, end);
  while (at < end && load<u8>(at + 1) != GREATER) at = findByte(MINUS, at + 1, end);
  return at;
}

function knownName(place: i32, at: usize, length: i32): NameRef {
  const known = names + (place << 2);
  if (load<usize>(known) == 0) store<usize>(known, describeName(at, length));
  return load<NameRef>(known);
}

function makeName(at: usize, length: i32): NameRef {
  const name = changetype<NameRef>(lasting.take(offsetof<NameRef>()));
  name.at = lasting.take(<usize>length + PADDING);
  name.length = length;
  name.mark = 0;
  memory.copy(name.at, at, length);
  return name;
}
