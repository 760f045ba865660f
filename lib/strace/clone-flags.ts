/** What the flags of clone, clone3 or unshare say of parent and child. */
export interface CloneFlags {
  /** A thread of the same process. */
  isThread: boolean;
  /** The parent of the caller is the parent of the child too: threads, and CLONE_PARENT. */
  isSibling: boolean;
  /** Working directory and root (CLONE_FS). */
  sharesDirectory: boolean;
  /** The table of descriptors (CLONE_FILES). */
  sharesFiles: boolean;
}

const CLONE_FS = 0x200;
const CLONE_FILES = 0x400;
const CLONE_PARENT = 0x8000;
const CLONE_THREAD = 0x10000;
const CLONE_NEWNS = 0x20000;
const CLONE_NEWUSER = 0x10000000;
const BITS: Record<string, number> = {
  CLONE_FS,
  CLONE_FILES,
  CLONE_PARENT,
  CLONE_THREAD,
  CLONE_NEWNS,
  CLONE_NEWUSER,
};

const decoder = new TextDecoder();

/**
 * Reads the flags of a clone by their names, or by their number: `flags=0x3d0f00` with -X raw,
 * `0x1200011, 0, 0, 0x7f698aa2ba10, 0` with -e raw (but no `0x7ffc3e03d560, 0x58`, which is clone3).
 */
export function readCloneFlags(args: Uint8Array): CloneFlags {
  const text = decoder.decode(args);
  const number = /flags=0x([0-9a-f]+)|^(?:\w+=)?0x([0-9a-f]{1,8})(?:, [^,]*){2}/.exec(text);
  const flags = namedBits(text) | Number.parseInt(number?.[1] ?? number?.[2] ?? '0', 16);
  const isThread = (flags & CLONE_THREAD) !== 0;
  return {
    isThread,
    isSibling: isThread || (flags & CLONE_PARENT) !== 0,
    sharesDirectory: isThread || (flags & CLONE_FS) !== 0,
    sharesFiles: isThread || (flags & CLONE_FILES) !== 0,
  };
}

/** What unshare makes the thread's own, and whether (setns) the namespaces may be of mounts. */
interface UnshareFlags {
  ownsDirectory: boolean;
  ownsFiles: boolean;
  namesMounts: boolean;
}

/** Reads the arguments of unshare, `CLONE_FS|CLONE_FILES`, or setns, `3</proc/1/ns/mnt>, CLONE_NEWNS`. */
export function readUnshareFlags(args: Uint8Array): UnshareFlags {
  const text = decoder.decode(args);
  const flags = namedBits(text) | Number.parseInt(/0x([0-9a-f]+)$/.exec(text)?.[1] ?? '0', 16);
  return {
    ownsDirectory: (flags & (CLONE_FS | CLONE_NEWNS | CLONE_NEWUSER)) !== 0,
    ownsFiles: (flags & CLONE_FILES) !== 0,
    namesMounts: (flags & CLONE_NEWNS) !== 0 || text.endsWith(', 0'),
  };
}

function namedBits(text: string): number {
  let bits = 0;
  for (const [name] of text.matchAll(/CLONE_\w+/g)) bits |= BITS[name] ?? 0;
  return bits;
}
