import { createHash } from 'node:crypto';
import { LOGS_PREFIX } from './keys.ts';

/** The members of one `strace -ff` run: `logs/run/t.1234` belongs to the group `logs/run/t`. */
export interface SplitMember {
  /** Key without the pid and what follows it. */
  group: string;
  pid: number;
}

const MAX_ID_LENGTH = 100;
const MAX_STEM_LENGTH = 80;
const COMPRESSION = /\.(?:gz|zst|xz|bz2)$/;
// A pid has at most seven digits (PID_MAX_LIMIT is 4194304), so that a date is not taken for one.
const SPLIT_MEMBER = /^(.*[^/])\.([1-9]\d{0,6})(?:\.(?:gz|zst|xz|bz2))?$/s;
const PLAIN_SEGMENT = /^[A-Za-z0-9_-]+$/;
const HASHED = /-[0-9a-f]{8}$/;
// Last segments that would make one class of plain ids look like another.
const RESERVED = new Set(['ff', 'log']);

/** True for what may name a session: letters, digits, `.`, `_`, `-`, at most 100, a letter or digit first. */
export function isSessionId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
}

/** The `-ff` group and pid a key names (`logs/t.1234`, `logs/t.1234.gz`), or undefined. */
export function splitMemberOf(key: string): SplitMember | undefined {
  const match = SPLIT_MEMBER.exec(key);
  return match ? { group: match[1], pid: Number(match[2]) } : undefined;
}

/**
 * Session of an object in the uploads bucket, from its key alone. Distinct keys have distinct
 * sessions, except that all members of one `-ff` group share theirs.
 */
export function sessionIdOf(key: string): string {
  const member = splitMemberOf(key);
  return member ? splitSessionId(member.group) : singleSessionId(key);
}

function singleSessionId(key: string): string {
  const name = withoutPrefix(key);
  const segments = name?.split('/') ?? [];
  const suffix = segments.length === 1 ? '.log' : '.log.gz';
  if (name?.endsWith(suffix)) {
    const plain = plainId(name.slice(0, -suffix.length).split('/'));
    if (plain) return plain;
  }
  const stem = (name ?? key).replace(COMPRESSION, '').replace(/\.(?:log|txt|strace)$/, '');
  return hashedId(stem, key);
}

function splitSessionId(group: string): string {
  const name = withoutPrefix(group);
  if (name !== undefined) {
    const isLog = name.endsWith('.log');
    const plain = plainId(
      (isLog ? name.slice(0, -'.log'.length) : name).split('/'),
      isLog ? '.log.ff' : '.ff',
    );
    if (plain) return plain;
  }
  // No object key begins with `ff:`, so a group never hashes like a single log.
  return hashedId(`${name ?? group}.ff`, `ff:${group}`);
}

function withoutPrefix(key: string): string | undefined {
  return key.startsWith(LOGS_PREFIX) ? key.slice(LOGS_PREFIX.length) : undefined;
}

function plainId(segments: string[], suffix = ''): string | undefined {
  if (!segments.every((segment) => PLAIN_SEGMENT.test(segment))) return undefined;
  if (RESERVED.has(segments.at(-1) ?? '')) return undefined;
  const id = segments.join('.') + suffix;
  return isSessionId(id) && !HASHED.test(id) ? id : undefined;
}

function hashedId(readable: string, unique: string): string {
  const stem = readable
    .replace(/[^A-Za-z0-9/_.-]/gu, '_')
    .replaceAll('/', '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_STEM_LENGTH);
  const hash = createHash('sha256').update(unique).digest('hex').slice(0, 8);
  return `${stem || 'log'}-${hash}`;
}
