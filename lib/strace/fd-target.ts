import { isNamedObject } from './arguments.ts';
import { copyBytes, GREATER, SLASH } from './ascii.ts';
import { unescapePath, unescapeText } from './escapes.ts';
import { Name } from './name.ts';
import type { PairEnd } from './passed-descriptors.ts';

/** What a file descriptor refers to. */
export class FdTarget extends Name {
  /** `file`, `char`, `block`, `memfd`, `pipe`, `socket`, `pid`, or an anonymous inode's name such as `eventpoll`. */
  kind: Name | undefined;
  /** Absolute path, unescaped, of a file or device. */
  path: Uint8Array | undefined;
  /** Of a socket: `TCP`, `UDPv6`, `UNIX-STREAM`, `NETLINK` and so on. */
  protocol: Name | undefined;
  /** `127.0.0.1:80`, `[::1]:80`, or the path of a Unix socket. */
  local: Name | undefined;
  remote: Name | undefined;
  /** Of a socket whose decoration tells nothing more: `socket:[32379]`, `TCP:[32379]`. */
  inode: string | undefined;
  /** Of a socket that socketpair made: which one. */
  pair: PairEnd | undefined;
}

/** What a decoration of -y or -yy says: the text between the angle brackets. */
export function parseDecoration(text: string, bytes: Uint8Array): FdTarget {
  const target = new FdTarget(text, bytes);
  if (text.startsWith('/')) return describeFile(target, text, bytes);
  const object = /^([A-Za-z][\w-]*):\[?(.*?)\]?$/s.exec(text);
  if (object === null) {
    target.kind = nameOf(text.startsWith('{eventfd') ? 'eventfd' : 'other');
    return target;
  }
  const [, type, rest] = object;
  if (type === 'anon_inode') target.kind = nameOf(rest);
  else if (/^[A-Z]/.test(type)) describeSocket(target, type, rest);
  else target.kind = nameOf(type);
  if (target.kind?.text === 'socket' && /^\d+$/.test(rest)) target.inode = rest;
  return target;
}

/** More of them are addresses, of which few come back. */
const MAX_NAMES = 4096;
const names = new Map<string, Name>();

/** Whether a decoration is the path of an ordinary file, as most are; then nothing need be parsed. */
export function isPlainFile(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== SLASH || bytes[end - 1] === GREATER) return false;
  return !isNamedObject(bytes, start, end);
}

/** Target of every ordinary file: the paths of a call tell which one it is. */
export const PLAIN_FILE = objectTarget('file');

/** Devices that have these names wherever there is Linux. */
const CHAR_DEVICE =
  /^\/dev\/(null|zero|full|random|urandom|tty|ptmx|pts\/\d+|tty\d+|ttyS\d+|kmsg|fuse)$/;
/** What else may stand in /dev: nobody knows by the name alone, but for the memory shared there. */
const ANY_DEVICE = /^\/dev\/(?!shm\/)/;

/** What was opened by its path. */
export function fileTarget(path: Uint8Array): FdTarget {
  const target = new FdTarget('', path);
  const text = path[1] === 0x64 ? decoder.decode(path) : '';
  if (CHAR_DEVICE.test(text)) target.kind = nameOf('char');
  else if (!ANY_DEVICE.test(text)) target.kind = nameOf('file');
  target.path = path;
  return target;
}

/** Something without a path: a pipe, an epoll instance. */
export function objectTarget(kind: string): FdTarget {
  const target = new FdTarget('', new Uint8Array(0));
  target.kind = nameOf(kind);
  return target;
}

/** A socket whose addresses may not be known yet. */
export function socketTarget(protocol?: string, local?: string, remote?: string): FdTarget {
  const target = objectTarget('socket');
  target.protocol = protocol === undefined ? undefined : nameOf(protocol);
  target.local = local === undefined ? undefined : nameOf(local);
  target.remote = remote === undefined ? undefined : nameOf(remote);
  return target;
}

function describeFile(target: FdTarget, text: string, bytes: Uint8Array): FdTarget {
  if (isNamedObject(bytes, 0, bytes.length)) {
    target.kind = nameOf(text.slice(1, text.indexOf(':')));
    return target;
  }
  const device = /<(char|block) /.exec(text);
  const plain = text.replace(/<(char|block) .*$/s, '').replace(/ \(deleted\)$/, '');
  target.kind = nameOf(device?.[1] ?? 'file');
  const copy = copyBytes(bytes, 0, new TextEncoder().encode(plain).length);
  target.path = copy.subarray(0, unescapePath(copy, 0, copy.length));
  return target;
}

function describeSocket(target: FdTarget, protocol: string, rest: string): void {
  target.kind = nameOf('socket');
  target.protocol = nameOf(protocol);
  if (protocol.startsWith('UNIX')) {
    const path = /,(@?)"((?:[^"\\]|\\.)*)"/.exec(rest);
    if (path !== null) target.local = nameOf(path[1] + unescapeText(path[2]));
    return;
  }
  // 127.0.0.1:5->127.0.0.1:6, [::1]:5->[::1]:6, 127.0.0.1:5 or an inode
  const [local, remote] = rest.split('->');
  if (/\D/.test(local)) target.local = nameOf(local);
  if (remote !== undefined && /\D/.test(remote)) target.remote = nameOf(remote);
}

const decoder = new TextDecoder();

/** One Name a text, so that columns number it once; forgets all when garbage has filled it. */
function nameOf(text: string): Name {
  let name = names.get(text);
  if (name === undefined) {
    if (names.size > MAX_NAMES) names.clear();
    name = new Name(text);
    names.set(text, name);
  }
  return name;
}
