import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Session } from '../api/types.generated.ts';
import { instantNs, printInstant } from '../format.ts';
import { hrefOf, hrefWith, navigate, route } from '../route.ts';
import { aroundLine } from '../session/filters.ts';
import { Problem } from '../shell/problem.tsx';
import { colours } from '../shell/theme.ts';
import { findMark, type Lane, type Mark } from './data.ts';
import {
  drawTimeline,
  LANE_PX,
  RULER_PX,
  readPalette,
  type Scene,
  type Span,
  toTime,
} from './draw.ts';
import { MarkTip } from './mark-tip.tsx';
import { useLanes } from './use-lanes.ts';

const LABEL_PX = 170;
const NARROW_LABEL_PX = 84;
const LEAST_SPAN_NS = 1000;
const DRAG_PX = 4;
const REACH_PX = 4;
const MOST_HEIGHT = 0.68;

interface Hover {
  lane: number;
  mark: Mark;
  x: number;
  y: number;
}

/** Threads as lanes over time; `lanes` keeps only the busiest ones. */
export function Timeline({ session, lanes: most }: { session: Session; lanes?: number }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  const scrollTop = useSignal(0);
  const selection = useSignal<readonly [number, number] | undefined>(undefined);
  const hover = useSignal<Hover | undefined>(undefined);
  const { start_time: start, end_time: end } = session;
  const base = instantNs(start ?? '1970-01-01T00:00:00Z');
  const whole: Span = { from: 0, to: Number(instantNs(end ?? '1970-01-01T00:00:00Z') - base) };
  const span = readSpan(route.value.query, base, whole);
  const left = size.value.width < 560 ? NARROW_LABEL_PX : LABEL_PX;
  const slices = Math.max(50, Math.min(4000, Math.floor(size.value.width - left)));
  const isReady = Boolean(start) && size.value.width > 0;
  const found = useLanes(session, isReady ? slices : undefined, base);
  const [lanes, labels] = pickLanes(found.lanes, found.labels, most);
  const total = RULER_PX + Math.max(1, lanes.length) * LANE_PX;
  const height = Math.min(total, Math.round(innerHeight * MOST_HEIGHT));
  const scene: Scene = {
    lanes,
    labels,
    span,
    width: size.value.width,
    height,
    left,
    scrollTop: scrollTop.value,
    selection: selection.value,
    hovered: hover.value,
  };
  const zoom = (next: Span) => setSpan(clampSpan(next, whole), whole, base);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => paint(canvas.current, scene, colours.value));
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      const isScroll = most !== undefined || element.scrollHeight > element.clientHeight + 1;
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (isScroll && !event.ctrlKey && !event.metaKey && !isSideways) return;
      event.preventDefault();
      const width = span.to - span.from;
      if (isSideways) {
        const move = (event.deltaX / 400) * width;
        zoom({ from: span.from + move, to: span.to + move });
        return;
      }
      const at = toTime(scene, event.clientX - element.getBoundingClientRect().left);
      const factor = 1.0015 ** event.deltaY;
      zoom({ from: at - (at - span.from) * factor, to: at + (span.to - at) * factor });
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  });
  if (!start) return <p class="note">The log has no times: record with -ttt or -tt.</p>;
  if (found.problem) return <Problem problem={found.problem} />;
  const pickAt = (x: number, y: number): Hover | undefined => hit(scene, x, y);
  return (
    <div class="timeline">
      <div class="bar">
        <span class="choice">
          <button type="button" onClick={() => zoom(scale(span, 0.5))} aria-label="Zoom in">
            +
          </button>
          <button type="button" onClick={() => zoom(scale(span, 2))} aria-label="Zoom out">
            −
          </button>
          <button type="button" disabled={isWhole(span, whole)} onClick={() => zoom(whole)}>
            Whole
          </button>
        </span>
        <output class="count" aria-live="polite">
          {found.isLoading ? 'asking…' : countText(found.lanes.length, lanes.length, most)}
        </output>
      </div>
      <section
        ref={box}
        class="timeline-box"
        style={{ height: `${height}px` }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows and + and - move what it shows
        tabIndex={0}
        aria-label="Timeline of the threads; arrows move, plus and minus zoom, Escape shows all. The report timeline has the same as a table."
        onScroll={({ currentTarget }) => {
          scrollTop.value = currentTarget.scrollTop;
        }}
        onKeyDown={(event) => pressKey(event, span, whole, zoom)}
        onPointerDown={(event) => startDrag(event, scene, selection, zoom, pickAt)}
        onPointerMove={(event) => {
          if (selection.value) return;
          const rect = event.currentTarget.getBoundingClientRect();
          hover.value = pickAt(event.clientX - rect.left, event.clientY - rect.top);
        }}
        onPointerLeave={() => {
          hover.value = undefined;
        }}
      >
        <div style={{ height: `${total}px` }}>
          <canvas ref={canvas} />
        </div>
      </section>
      {hover.value && <MarkTip {...hover.value} base={base} width={size.value.width} />}
    </div>
  );
}

function paint(canvas: HTMLCanvasElement | null, scene: Scene, _: number) {
  if (!canvas || scene.width === 0) return;
  const ratio = devicePixelRatio;
  if (
    canvas.width !== Math.round(scene.width * ratio) ||
    canvas.height !== Math.round(scene.height * ratio)
  ) {
    canvas.width = Math.round(scene.width * ratio);
    canvas.height = Math.round(scene.height * ratio);
    canvas.style.width = `${scene.width}px`;
    canvas.style.height = `${scene.height}px`;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.font = '11.5px system-ui, sans-serif';
  drawTimeline(context, scene, readPalette(canvas));
}

/** The busiest lanes, in their order. */
function pickLanes(lanes: Lane[], labels: string[], most: number | undefined): [Lane[], string[]] {
  if (most === undefined || lanes.length <= most) return [lanes, labels];
  const weight = ({ marks }: Lane) => marks.reduce((sum, { calls }) => sum + calls, 0);
  const chosen = new Set(lanes.toSorted((a, b) => weight(b) - weight(a)).slice(0, most));
  const kept = lanes.flatMap((lane, i) => (chosen.has(lane) ? [i] : []));
  return [kept.map((i) => lanes[i]!), kept.map((i) => labels[i]!)];
}

function countText(all: number, shown: number, most: number | undefined): string {
  if (most !== undefined && all > shown) return `the busiest ${shown} of ${all} threads`;
  return `${all} ${all === 1 ? 'thread' : 'threads'}`;
}

function readSpan(query: URLSearchParams, base: bigint, whole: Span): Span {
  const end = (name: string, fallback: number) => {
    const text = query.get(name);
    const isInstant = text !== null && /^\d{4}-\d\d-\d\dT/.test(text);
    return isInstant ? Number(instantNs(text) - base) : fallback;
  };
  const span = { from: end('from', whole.from), to: end('to', whole.to) };
  return span.to > span.from ? span : whole;
}

function setSpan(span: Span, whole: Span, base: bigint): void {
  const print = (time: number) => printInstant(base + BigInt(Math.round(time)));
  const change = isWhole(span, whole)
    ? { from: null, to: null }
    : { from: print(span.from), to: print(span.to) };
  navigate(hrefWith(change), { replace: true });
}

function isWhole(span: Span, whole: Span): boolean {
  return span.from <= whole.from && span.to >= whole.to;
}

function clampSpan({ from, to }: Span, whole: Span): Span {
  const width = Math.min(Math.max(to - from, LEAST_SPAN_NS), whole.to - whole.from);
  const start = Math.min(Math.max(from, whole.from), whole.to - width);
  return { from: start, to: start + width };
}

function scale({ from, to }: Span, factor: number): Span {
  const middle = (from + to) / 2;
  const half = ((to - from) / 2) * factor;
  return { from: middle - half, to: middle + half };
}

function pressKey(event: KeyboardEvent, span: Span, whole: Span, zoom: (span: Span) => void) {
  const step = (span.to - span.from) / 5;
  const next: Record<string, Span> = {
    ArrowLeft: { from: span.from - step, to: span.to - step },
    ArrowRight: { from: span.from + step, to: span.to + step },
    '+': scale(span, 0.5),
    '=': scale(span, 0.5),
    '-': scale(span, 2),
    Escape: whole,
  };
  const chosen = next[event.key];
  if (!chosen || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  zoom(chosen);
}

function hit(scene: Scene, x: number, y: number): Hover | undefined {
  const index = Math.floor((y - RULER_PX + scene.scrollTop) / LANE_PX);
  const lane = scene.lanes[index];
  if (!lane || x < scene.left || y < RULER_PX) return undefined;
  const reach = toTime(scene, scene.left + REACH_PX) - scene.span.from;
  const mark = findMark(lane, toTime(scene, x), reach);
  return mark && { lane: index, mark, x, y };
}

/** A drag zooms to what it went over, a click goes to the call, or nearer to several. */
function startDrag(
  event: PointerEvent,
  scene: Scene,
  selection: { value: readonly [number, number] | undefined },
  zoom: (span: Span) => void,
  pickAt: (x: number, y: number) => Hover | undefined,
) {
  const element = event.currentTarget as HTMLElement;
  const rect = element.getBoundingClientRect();
  const from = event.clientX - rect.left;
  // The scroll bar is the browser's.
  if (event.button !== 0 || from > element.clientWidth) return;
  let to = from;
  const move = ({ clientX }: PointerEvent) => {
    to = clientX - rect.left;
    if (Math.abs(to - from) > DRAG_PX) selection.value = [Math.max(from, scene.left), to];
  };
  const stop = () => {
    removeEventListener('pointermove', move);
    const range = selection.value;
    selection.value = undefined;
    if (!range) {
      const picked = pickAt(from, event.clientY - rect.top);
      if (picked) follow(picked.mark, zoom);
      return;
    }
    const [a, b] = range.map((x) => toTime(scene, x)).sort((x, y) => x - y) as [number, number];
    zoom({ from: a, to: b });
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', stop, { once: true });
}

function follow(mark: Mark, zoom: (span: Span) => void) {
  if (mark.calls === 1) {
    const query = new URLSearchParams(aroundLine(mark.seq));
    navigate(hrefOf(['s', route.value.path[1]!, 'r', 'search'], query));
    return;
  }
  const around = (mark.end - mark.start) / 4;
  zoom({ from: mark.start - around, to: mark.end + around });
}
