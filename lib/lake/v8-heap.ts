import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage less often until the returned function is called. Parsing leaves few objects, but
 * buffers of bytes read and written, on which V8 would run a collection with every chunk of a log: a sixth of
 * the CPU. `percent` is by how much the heap may grow from one collection to the next.
 */
export function collectRarely(percent: number): () => void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
  return () => setFlagsFromString('--heap-growing-percent=0');
}

/**
 * Has V8 keep what it sets aside for new objects as it is, in all threads, until the returned function
 * is called. Parsing makes few objects and none that stay; V8 would grow that room to 50 MB a thread.
 */
export function holdYoungGeneration(): () => void {
  setFlagsFromString('--semi-space-growth-factor=1');
  return () => setFlagsFromString('--semi-space-growth-factor=2');
}

/**
 * Has V8 compile with TurboFan only what is called that many times, in all threads, until the returned
 * function is called. Most of what JavaScript does of a log is over sooner than its compiler is.
 */
export function optimizeRarely(calls: number): () => void {
  setFlagsFromString(`--invocation-count-for-turbofan=${calls}`);
  return () => setFlagsFromString('--invocation-count-for-turbofan=3000');
}
