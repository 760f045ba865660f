import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Session } from '../api/types.generated.ts';
import { instantNs } from '../format.ts';
import { route } from '../route.ts';
import { Problem } from '../shell/problem.tsx';
import { colours } from '../shell/theme.ts';
import type { Lane } from './data.ts';
import {
  drawTimeline,
  type Hover,
  LANE_PX,
  RULER_PX,
  readPalette,
  type Scene,
  toTime,
} from './draw.ts';
import { pressKey } from './keys.ts';
import { MarkTip } from './mark-tip.tsx';
import { hit, startDrag } from './pointer.ts';
import { clampSpan, isWhole, readSpan, type Span, scale, setSpan } from './span.ts';
import { useLanes } from './use-lanes.ts';

const LABEL_PX = 170;
const NARROW_LABEL_PX = 84;
const MOST_HEIGHT = 0.68;

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
  const choose = (place: Hover | undefined) => {
    hover.value = place;
    if (place) scrollTo(box.current!, place.lane);
  };
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
        aria-label="Timeline of the threads; left and right move, plus and minus zoom, n and p go from call to call, up and down from thread to thread, Enter to the line, Escape shows all. The report timeline has the same as a table."
        onScroll={({ currentTarget }) => {
          scrollTop.value = currentTarget.scrollTop;
        }}
        onKeyDown={(event) => pressKey(event, { scene, whole, chosen: hover.value, zoom, choose })}
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
      {hover.value && (
        <MarkTip {...hover.value} session={session.session} base={base} width={size.value.width} />
      )}
    </div>
  );
}

/** Brings a lane into sight, if it is not. */
function scrollTo(box: HTMLElement, lane: number): void {
  const top = lane * LANE_PX;
  const bottom = RULER_PX + top + LANE_PX - box.clientHeight;
  box.scrollTop = Math.min(top, Math.max(bottom, box.scrollTop));
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
