import { hrefOf, navigate, route } from '../route.ts';
import { aroundLine } from '../session/filters.ts';
import { findMark, type Mark } from './data.ts';
import { type Hover, LANE_PX, RULER_PX, type Scene, toTime } from './draw.ts';
import type { Span } from './span.ts';

const DRAG_PX = 4;
const REACH_PX = 4;

/** What is under a point, pixels from the corner of the picture. */
export function hit(scene: Scene, x: number, y: number): Hover | undefined {
  const index = Math.floor((y - RULER_PX + scene.scrollTop) / LANE_PX);
  const lane = scene.lanes[index];
  if (!lane || x < scene.left || y < RULER_PX) return undefined;
  const reach = toTime(scene, scene.left + REACH_PX) - scene.span.from;
  const mark = findMark(lane, toTime(scene, x), reach);
  return mark && { lane: index, mark, x, y };
}

/** A drag zooms to what it went over, a click goes to the call, or nearer to several. */
export function startDrag(
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

/** Goes to the line of a call, or nearer to several. */
export function follow(mark: Mark, zoom: (span: Span) => void) {
  if (mark.calls === 1) {
    const query = new URLSearchParams(aroundLine(mark.seq));
    navigate(hrefOf(['s', route.value.path[1]!, 'r', 'search'], query));
    return;
  }
  const around = (mark.end - mark.start) / 4;
  zoom({ from: mark.start - around, to: mark.end + around });
}
