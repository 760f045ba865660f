import { findMark } from './data.ts';
import { type Hover, placeOf, type Scene } from './draw.ts';
import { follow } from './pointer.ts';
import { type Span, scale } from './span.ts';

/** What keys act on. */
interface Keyed {
  scene: Scene;
  whole: Span;
  chosen: Hover | undefined;
  zoom(span: Span): void;
  choose(hover: Hover | undefined): void;
}

/** Arrows and + and - move what is seen; n, p, up and down go from call to call, Enter to its line. */
export function pressKey(event: KeyboardEvent, keyed: Keyed): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!moveSpan(event.key, keyed) && !moveChoice(event.key, keyed)) return;
  event.preventDefault();
}

function moveSpan(key: string, { scene, whole, chosen, zoom, choose }: Keyed): boolean {
  const { span } = scene;
  const step = (span.to - span.from) / 5;
  const next: Record<string, Span> = {
    ArrowLeft: { from: span.from - step, to: span.to - step },
    ArrowRight: { from: span.from + step, to: span.to + step },
    '+': scale(span, 0.5),
    '=': scale(span, 0.5),
    '-': scale(span, 2),
    ...(chosen ? {} : { Escape: whole }),
  };
  const wanted = next[key];
  if (!wanted) return false;
  choose(undefined);
  zoom(wanted);
  return true;
}

function moveChoice(key: string, { scene, chosen, zoom, choose }: Keyed): boolean {
  if (key === 'Escape') choose(undefined);
  else if (key === 'Enter' && chosen) follow(chosen.mark, zoom);
  else if (key === 'n') choose(stepMark(scene, chosen, 1));
  else if (key === 'p') choose(stepMark(scene, chosen, -1));
  else if (key === 'ArrowDown') choose(stepLane(scene, chosen, 1));
  else if (key === 'ArrowUp') choose(stepLane(scene, chosen, -1));
  else return false;
  return true;
}

/** The next call of the same thread; the first in sight to begin with. */
function stepMark(scene: Scene, chosen: Hover | undefined, by: 1 | -1): Hover | undefined {
  const lane = chosen?.lane ?? 0;
  const seen = (scene.lanes[lane]?.marks ?? []).filter(
    ({ start, end }) => end >= scene.span.from && start <= scene.span.to,
  );
  const index = chosen ? seen.indexOf(chosen.mark) + by : 0;
  const mark = seen[Math.min(seen.length - 1, Math.max(0, index))];
  return mark && placeOf(scene, lane, mark);
}

/** The call nearest in time of the next thread that has one. */
function stepLane(scene: Scene, chosen: Hover | undefined, by: 1 | -1): Hover | undefined {
  if (!chosen) return stepMark(scene, undefined, 1);
  const { span, lanes } = scene;
  const time = Math.max(span.from, chosen.mark.start);
  for (let lane = chosen.lane + by; lanes[lane]; lane += by) {
    const mark = findMark(lanes[lane], time, span.to - span.from);
    if (mark && mark.end >= span.from && mark.start <= span.to) return placeOf(scene, lane, mark);
  }
  return chosen;
}
