import { ascii, indexOfLiteral } from './ascii.ts';
import { unescapeBytes, unescapeText } from './escapes.ts';

const SOCKADDR = ascii('sa_family=');
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Families and types of sockets by number, as -X raw prints them. */
const FAMILIES: Record<number, string> = {
  1: 'UNIX',
  2: 'INET',
  10: 'INET6',
  15: 'KEY',
  16: 'NETLINK',
  17: 'PACKET',
  29: 'CAN',
  31: 'BLUETOOTH',
  38: 'ALG',
  40: 'VSOCK',
  44: 'XDP',
};
const TYPES = ['', 'SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_RAW', 'SOCK_RDM', 'SOCK_SEQPACKET'];
/** The bits of a type beside SOCK_CLOEXEC and SOCK_NONBLOCK. */
const TYPE_MASK = 0xf;

const UNIX = /^sa_family=(?:AF_UNIX|0x1)(?: \/\* AF_UNIX \*\/)?, sun_path=(@?)"((?:[^"\\]|\\.)*)"/;
const V4 = /^sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)/;
const V6 = /^sa_family=AF_INET6, sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"/;
/** Port and address as -X raw and -X verbose print them: the bytes. */
const RAW =
  /^sa_family=0x[2a](?: \/\* AF_INET6? \*\/)?, sin6?_port="((?:[^"\\]|\\.)*)".*?sin6?_addr="((?:[^"\\]|\\.)*)"/;

/**
 * Address in a printed sockaddr: `10.0.0.1:443`, `[::1]:53`, `/run/s`, `@abstract`; undefined when the
 * arguments hold none.
 */
export function findSocketAddress(
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  const at = indexOfLiteral(bytes, start, end, SOCKADDR);
  if (at < 0) return undefined;
  const text = decoder.decode(bytes.subarray(at, Math.min(end, at + 400)));
  const unix = UNIX.exec(text);
  if (unix !== null) return unix[1] + unescapeText(unix[2]);
  const v4 = V4.exec(text);
  if (v4 !== null) return `${v4[2]}:${v4[1]}`;
  const v6 = V6.exec(text);
  if (v6 !== null) return `[${v6[2]}]:${v6[1]}`;
  const raw = RAW.exec(text);
  if (raw === null) return undefined;
  const [port, address] = [raw[1], raw[2]].map((text) => unescapeBytes(encoder.encode(text)));
  return addressOf(address, port);
}

/** Address and port in the order of the network. */
function addressOf(address: Uint8Array, port: Uint8Array): string | undefined {
  if (port.length !== 2) return undefined;
  const number = port[0] * 256 + port[1];
  if (address.length === 4) return `${address.join('.')}:${number}`;
  return address.length === 16 ? `[${shortened(address)}]:${number}` : undefined;
}

/** An address of IPv6 as inet_ntop writes it. */
function shortened(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => address[2 * i] * 256 + address[2 * i + 1]);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (isMapped) return `::ffff:${address.slice(12).join('.')}`;
  const url = new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`);
  return url.hostname.slice(1, -1);
}

const PROTOCOLS: Record<string, string> = {
  'INET SOCK_STREAM': 'TCP',
  'INET SOCK_DGRAM': 'UDP',
  'INET SOCK_RAW': 'RAW',
  'INET6 SOCK_STREAM': 'TCPv6',
  'INET6 SOCK_DGRAM': 'UDPv6',
  'INET6 SOCK_RAW': 'RAWv6',
  'UNIX SOCK_STREAM': 'UNIX-STREAM',
  'UNIX SOCK_DGRAM': 'UNIX-DGRAM',
  'UNIX SOCK_SEQPACKET': 'UNIX-SEQPACKET',
};

/** A number with what -X verbose says of it. */
const COMMENTED = /0x[0-9a-f]+ \/\* (\w+) \*\//g;

/** Protocol of `socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, ...)` in the words of -yy, in any -X style. */
export function socketProtocol(args: string): string | undefined {
  const words = args.replaceAll(COMMENTED, '$1');
  const call = /(?:AF|PF)_(\w+), (?:\w+=)?(SOCK_\w+)/.exec(words);
  if (call === null) return numberedProtocol(words);
  const family = call[1] === 'LOCAL' ? 'UNIX' : call[1];
  return PROTOCOLS[`${family} ${call[2]}`] ?? family;
}

/** Of `socket(0x2, 0x1|0x80000, 0)`. */
function numberedProtocol(args: string): string | undefined {
  const call = /^(?:\w+=)?(0x[0-9a-f]+), (?:\w+=)?(0x[0-9a-f]+)/.exec(args);
  if (call === null) return undefined;
  const family = FAMILIES[Number(call[1])];
  return PROTOCOLS[`${family} ${TYPES[Number(call[2]) & TYPE_MASK]}`] ?? family;
}
