import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage less often until the returned function is called. Parsing leaves few objects, but
 * buffers of bytes read and written, on which V8 would run a collection with every chunk of a log: a sixth of
 * the CPU. `percent` is by how much the heap may grow from one collection to the next.
 */
export function collectRarely(percent: number): () => void {
  return setUntil('heap-growing-percent', percent, 0);
}

/**
 * Has V8 keep what it sets aside for new objects as it is, in all threads, until the returned function
 * is called. Parsing makes few objects and none that stay; V8 would grow that room to 50 MB a thread.
 */
export function holdYoungGeneration(): () => void {
  return setUntil('semi-space-growth-factor', 1, 2);
}

/**
 * Has V8 compile with TurboFan only what is called that many times, in all threads, until the returned
 * function is called. Most of what JavaScript does of a log is over sooner than its compiler is.
 */
export function optimizeRarely(calls: number): () => void {
  return setUntil('invocation-count-for-turbofan', calls, 3000);
}

/** Sets a flag of V8; the returned function sets it to what it usually is. */
function setUntil(flag: string, value: number, usual: number): () => void {
  setFlagsFromString(`--${flag}=${value}`);
  return () => setFlagsFromString(`--${flag}=${usual}`);
}
