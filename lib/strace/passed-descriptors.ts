import type { DescriptorTable } from './descriptors.ts';
import type { FdTarget } from './fd-target.ts';

/** One end of a pair of sockets, by the line of the log that made the pair. */
export interface PairEnd {
  line: number;
  end: 0 | 1;
}

/** Messages under way that are remembered, in all. */
const LIMIT = 1000;

/** Messages on their way to one end of a pair. */
export interface Passage {
  /** What the descriptors in each message refer to, the oldest message first. */
  readonly messages: (FdTarget | undefined)[][];
  /** Messages that arrived before the line that sent them. */
  readonly ahead: number;
}

/**
 * Descriptors sent from one end of a socketpair to the other, `cmsg_type=SCM_RIGHTS, cmsg_data=[16]`: what
 * the numbers that recvmsg prints refer to, in a log recorded without -y.
 */
export class PassedDescriptors {
  #passages = new Map<string, Passage>();
  #count = 0;

  /** Follows a sendmsg or recvmsg of descriptor `fd` that succeeded. */
  follow(isSent: boolean, fd: number, args: string, table: DescriptorTable): void {
    const fds = rightsOf(args);
    if (fds.length === 0) return;
    const pair = table.target(fd)?.pair;
    if (isSent) {
      if (pair !== undefined)
        this.#send(
          pair,
          fds.map((sent) => table.target(sent)),
        );
      return;
    }
    const targets = pair === undefined ? undefined : this.#receive(pair);
    const isWhole = targets?.length === fds.length && !args.includes('MSG_CTRUNC');
    for (const [i, received] of fds.entries()) {
      const target = isWhole ? targets[i] : undefined;
      table.receive(received, target, args.includes('MSG_CMSG_CLOEXEC'));
    }
  }

  /** Messages under way by end, to be kept and restored. */
  entries(): [string, Passage][] {
    return [...this.#passages];
  }

  /** Goes on from entries. */
  restore(entries: [string, Passage][]): void {
    this.#passages = new Map(entries);
    this.#count = entries.reduce((sum, [, { messages }]) => sum + messages.length, 0);
  }

  #send({ line, end }: PairEnd, targets: (FdTarget | undefined)[]): void {
    const key = `${line} ${1 - end}`;
    const { messages, ahead } = this.#passages.get(key) ?? { messages: [], ahead: 0 };
    if (ahead > 0) {
      this.#keep(key, { messages, ahead: ahead - 1 });
    } else if (this.#count < LIMIT) {
      this.#count++;
      this.#keep(key, { messages: [...messages, targets], ahead });
    } else {
      // from now on nobody knows what arrives there
      this.#count -= messages.length;
      this.#keep(key, { messages: [], ahead: Number.MAX_SAFE_INTEGER });
    }
  }

  #receive({ line, end }: PairEnd): (FdTarget | undefined)[] | undefined {
    const key = `${line} ${end}`;
    const { messages, ahead } = this.#passages.get(key) ?? { messages: [], ahead: 0 };
    const [first, ...rest] = messages;
    if (first !== undefined) this.#count--;
    this.#keep(key, { messages: rest, ahead: first === undefined ? ahead + 1 : ahead });
    return first;
  }

  #keep(key: string, passage: Passage): void {
    if (passage.messages.length === 0 && passage.ahead === 0) this.#passages.delete(key);
    else this.#passages.set(key, passage);
  }
}

/** Descriptors that a message holds: `cmsg_type=SCM_RIGHTS, cmsg_data=[16, 17]`. */
function rightsOf(args: string): number[] {
  // the message itself may hold such words
  const plain = args.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const found = plain.matchAll(/cmsg_type=SCM_RIGHTS, cmsg_data=\[(\d+(?:, \d+)*)\]/g);
  return [...found].flatMap(([, fds]) => fds.split(', ').map(Number));
}
