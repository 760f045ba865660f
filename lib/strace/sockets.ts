import { type FdTarget, socketTarget } from './fd-target.ts';

/** Sockets remembered; the oldest make room. */
const LIMIT = 10_000;

type SocketSnapshot = [inode: string, protocol?: string, local?: string, remote?: string];

/**
 * What connect, bind, accept and the like told of sockets, by inode: with -y every line names the
 * inode, `read(3<socket:[32379]>, ...)`, whatever descriptor the socket has by then.
 */
export class Sockets {
  #known = new Map<string, FdTarget>();

  /** What is known of the socket that a decoration names, beyond the decoration. */
  describe(told: FdTarget): FdTarget {
    if (told.inode === undefined || this.#known.size === 0) return told;
    const known = this.#known.get(told.inode);
    if (known === undefined || (known.protocol !== undefined && told.protocol === undefined)) {
      return known ?? told;
    }
    const target = socketTarget(told.protocol?.text, known.local?.text, known.remote?.text);
    target.inode = told.inode;
    return target;
  }

  /** Remembers a socket; what was known of another one with this inode is forgotten. */
  learn(inode: string, target: FdTarget): void {
    this.#known.delete(inode);
    if (this.#known.size >= LIMIT) {
      const [oldest] = this.#known.keys();
      this.#known.delete(oldest);
    }
    target.inode = inode;
    this.#known.set(inode, target);
  }

  /** A copy made of plain values. */
  snapshot(): SocketSnapshot[] {
    return [...this.#known].map(([inode, { protocol, local, remote }]) => [
      inode,
      protocol?.text,
      local?.text,
      remote?.text,
    ]);
  }

  /** Goes on from a snapshot. */
  restore(snapshot: SocketSnapshot[]): void {
    for (const [inode, protocol, local, remote] of snapshot) {
      this.learn(inode, socketTarget(protocol, local, remote));
    }
  }
}
