import { instantNs, printInstant } from '../format.ts';
import { hrefWith, navigate } from '../route.ts';

/** Part of the session that is in sight, nanoseconds since it began. */
export interface Span {
  from: number;
  to: number;
}

const LEAST_SPAN_NS = 1000;

/** Span of time of the present address; the whole without one. */
export function readSpan(query: URLSearchParams, base: bigint, whole: Span): Span {
  const end = (name: string, fallback: number) => {
    const text = query.get(name);
    const isInstant = text !== null && /^\d{4}-\d\d-\d\dT/.test(text);
    return isInstant ? Number(instantNs(text) - base) : fallback;
  };
  const span = { from: end('from', whole.from), to: end('to', whole.to) };
  return span.to > span.from ? span : whole;
}

/** Puts a span into the address. */
export function setSpan(span: Span, whole: Span, base: bigint): void {
  const print = (time: number) => printInstant(base + BigInt(Math.round(time)));
  const change = isWhole(span, whole)
    ? { from: null, to: null }
    : { from: print(span.from), to: print(span.to) };
  navigate(hrefWith(change), { replace: true });
}

/** Whether nothing of the session is out of sight. */
export function isWhole(span: Span, whole: Span): boolean {
  return span.from <= whole.from && span.to >= whole.to;
}

/** A span as near as can be to what was asked for. */
export function clampSpan({ from, to }: Span, whole: Span): Span {
  const width = Math.min(Math.max(to - from, LEAST_SPAN_NS), whole.to - whole.from);
  const start = Math.min(Math.max(from, whole.from), whole.to - width);
  return { from: start, to: start + width };
}

/** A span around the same middle, so many times as long. */
export function scale({ from, to }: Span, factor: number): Span {
  const middle = (from + to) / 2;
  const half = ((to - from) / 2) * factor;
  return { from: middle - half, to: middle + half };
}
