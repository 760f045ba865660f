import { WASM_MODULE, type WasmExports } from './wasm-module.generated.ts';

/** Bytes below which a loop copies faster than the engine does. */
const SHORT = 96;

/** Compiled once in every thread. */
const compiled = new WebAssembly.Module(Buffer.from(WASM_MODULE, 'base64'));

/** What the fast lane asks JavaScript: wasm/lane/javascript.ts tells of what. */
export interface LaneCalls {
  describeSyscall(at: number, length: number): number;
  describeName(at: number, length: number): number;
  describeTarget(at: number, length: number): number;
  describeThread(record: number): number;
  followDescriptor(record: number, fd: number): number;
  describeOpened(target: number): void;
  openDescriptor(record: number, fd: number, target: number, closesOnExec: number): void;
  closeDescriptor(record: number, fd: number): void;
  duplicateDescriptor(record: number, from: number, to: number, closesOnExec: number): void;
  setCloseOnExec(record: number, fd: number, closesOnExec: number): void;
}

/**
 * An instance of the module with memory of its own, which is collected with it. The memory may grow in
 * any call, which voids all views of it: take one behind the last call, and keep none across a call.
 */
export class WasmHeap {
  /** Functions of the module. */
  readonly exports: WasmExports;
  /** Answers the fast lane. */
  lane: LaneCalls | undefined;
  #bytes: Uint8Array;
  #ints: Int32Array;
  #doubles: Float64Array;
  /** Where the next call's bytes are put, and the room there. */
  #stage = 0;
  #stageRoom = 0;

  constructor() {
    const lane: LaneCalls = {
      describeSyscall: (at, length) => this.#asked().describeSyscall(at, length),
      describeName: (at, length) => this.#asked().describeName(at, length),
      describeTarget: (at, length) => this.#asked().describeTarget(at, length),
      describeThread: (record) => this.#asked().describeThread(record),
      followDescriptor: (record, fd) => this.#asked().followDescriptor(record, fd),
      describeOpened: (target) => this.#asked().describeOpened(target),
      openDescriptor: (record, fd, target, closes) =>
        this.#asked().openDescriptor(record, fd, target, closes),
      closeDescriptor: (record, fd) => this.#asked().closeDescriptor(record, fd),
      duplicateDescriptor: (record, from, to, closes) =>
        this.#asked().duplicateDescriptor(record, from, to, closes),
      setCloseOnExec: (record, fd, closes) => this.#asked().setCloseOnExec(record, fd, closes),
    };
    this.exports = new WebAssembly.Instance(compiled, { lane: { ...lane } }).exports as WasmExports;
    const { buffer } = this.exports.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#ints = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** All of the memory; void when it grows. */
  get bytes(): Uint8Array {
    // a view of memory that grew is empty
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.exports.memory.buffer);
    return this.#bytes;
  }

  /** The same as numbers of 32 bits. */
  get ints(): Int32Array {
    if (this.#ints.length === 0) this.#ints = new Int32Array(this.exports.memory.buffer);
    return this.#ints;
  }

  /** The same as doubles. */
  get doubles(): Float64Array {
    if (this.#doubles.length === 0) this.#doubles = new Float64Array(this.exports.memory.buffer);
    return this.#doubles;
  }

  /** `length` bytes at an address; void when the memory grows. */
  view(address: number, length: number): Uint8Array {
    const at = address >>> 0;
    return this.bytes.subarray(at, at + length);
  }

  /** `count` numbers of 32 bits at an address; void when the memory grows. */
  viewInts(address: number, count: number): Int32Array {
    const at = address >>> 2;
    return this.ints.subarray(at, at + count);
  }

  /** Copies `source[start, end)` to an address. */
  write(address: number, source: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let at = address >>> 0;
    if (end - start >= SHORT) bytes.set(source.subarray(start, end), at);
    else for (let i = start; i < end; ) bytes[at++] = source[i++];
  }

  /** Address of `size` bytes for what the next call is given; the next `stage` gives the same ones. */
  stage(size: number): number {
    if (size > this.#stageRoom) {
      this.#stageRoom = size * 2;
      this.#stage = this.exports.stage(this.#stageRoom);
    }
    return this.#stage;
  }

  /** Puts `source[start, end)` where the next call finds it; returns the address. */
  stageBytes(source: Uint8Array, start: number, end: number): number {
    const address = this.stage(end - start);
    this.write(address, source, start, end);
    return address;
  }

  #asked(): LaneCalls {
    if (this.lane === undefined) throw new Error('no one answers the fast lane');
    return this.lane;
  }
}
