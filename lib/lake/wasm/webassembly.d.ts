/** The part of WebAssembly's JavaScript interface that is used here: @types/node leaves it to the DOM. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }

  class Memory {
    readonly buffer: ArrayBuffer;
  }

  class Instance {
    readonly exports: unknown;
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
  }
}
