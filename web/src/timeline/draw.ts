import { printDuration } from '../format.ts';
import type { Lane, Mark } from './data.ts';
import type { Span } from './span.ts';

/** Height of a lane, pixels. */
export const LANE_PX = 20;
/** Height of the ruler above the lanes, pixels. */
export const RULER_PX = 22;

/** A mark that is pointed at or was chosen by keys, and where. */
export interface Hover {
  lane: number;
  mark: Mark;
  x: number;
  y: number;
}

/** What is drawn where; sizes in CSS pixels. */
export interface Scene {
  lanes: readonly Lane[];
  labels: readonly string[];
  span: Span;
  width: number;
  height: number;
  /** Where the lanes begin, behind their labels. */
  left: number;
  scrollTop: number;
  /** What the reader is dragging over, pixels from the left. */
  selection: readonly [number, number] | undefined;
  hovered: { lane: number; mark: Mark } | undefined;
}

/** Colours from the style sheet, by the name of what they are for. */
export type Palette = Readonly<Record<string, string>>;

const MIN_MARK_PX = 1;
const INSET_PX = 3;
/** Marks below this have no room for a name. */
const LEAST_TEXT_PX = 44;
/** Height of what failed: of slices with few such calls, and of calls. */
const LEAST_ERROR_PX = 2;
const ERROR_PX = 5;

/** Kinds of calls that have a colour of their own, as the service names them. */
export const kindsOfCalls = [
  'names',
  'transfer',
  'network',
  'wait',
  'memory',
  'program',
  'other',
] as const;

/** Reads the colours that the style sheet gives the kinds of calls now. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const names = [...kindsOfCalls, 'bad', 'text', 'muted', 'line', 'ground', 'stripe', 'accent'];
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || '#888']),
  );
}

/** Draws the timeline onto a canvas context whose transformation is set to CSS pixels. */
export function drawTimeline(context: CanvasRenderingContext2D, scene: Scene, palette: Palette) {
  const { width, height, lanes, scrollTop } = scene;
  context.clearRect(0, 0, width, height);
  const first = Math.max(0, Math.floor((scrollTop - RULER_PX) / LANE_PX));
  const last = Math.min(lanes.length, Math.ceil((scrollTop + height) / LANE_PX));
  for (let i = first; i < last; i++) drawStripe(context, scene, palette, i);
  drawRuler(context, scene, palette);
  for (let i = first; i < last; i++) drawLane(context, scene, palette, i);
  drawLabels(context, scene, palette, first, last);
  if (scene.selection) drawSelection(context, scene, palette);
}

/** Pixels from the left of a time. */
function toPixels({ span, left, width }: Scene, time: number): number {
  return left + ((time - span.from) / (span.to - span.from)) * (width - left);
}

/** Time at pixels from the left. */
export function toTime({ span, left, width }: Scene, pixels: number): number {
  return span.from + ((pixels - left) / (width - left)) * (span.to - span.from);
}

function topOf(scene: Scene, lane: number): number {
  return RULER_PX + lane * LANE_PX - scene.scrollTop;
}

/** Where a mark is, as if it were pointed at. */
export function placeOf(scene: Scene, lane: number, mark: Mark): Hover {
  const [x, width] = boxOf(scene, mark);
  const middle = Math.min(scene.width, Math.max(scene.left, x + width / 2));
  return { lane, mark, x: middle, y: topOf(scene, lane) + LANE_PX / 2 };
}

function drawStripe(context: CanvasRenderingContext2D, scene: Scene, palette: Palette, i: number) {
  if (i % 2 === 0) return;
  context.fillStyle = palette.stripe!;
  context.fillRect(0, topOf(scene, i), scene.width, LANE_PX);
}

function drawLane(context: CanvasRenderingContext2D, scene: Scene, palette: Palette, i: number) {
  const { lanes, left, width, hovered } = scene;
  const top = topOf(scene, i);
  context.save();
  context.beginPath();
  // Lanes that are scrolled away pass below the ruler.
  context.rect(left, Math.max(top, RULER_PX), width - left, LANE_PX);
  context.clip();
  const marks = lanes[i]!.marks;
  for (const mark of marks) drawMark(context, scene, palette, mark, top);
  for (const mark of marks) if (mark.errors > 0) drawError(context, scene, palette, mark, top);
  for (const mark of marks) writeInside(context, scene, palette, mark, top);
  if (hovered?.lane === i) outline(context, scene, palette, hovered.mark, top);
  context.restore();
}

function boxOf(scene: Scene, mark: Mark): [x: number, width: number] {
  const x = toPixels(scene, mark.start);
  return [x, Math.max(MIN_MARK_PX, toPixels(scene, mark.end) - x)];
}

function drawMark(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  mark: Mark,
  top: number,
) {
  const [x, width] = boxOf(scene, mark);
  if (x + width < scene.left || x > scene.width) return;
  const share = mark.calls === 1 ? 1 : Math.min(1, mark.busy / Math.max(1, mark.end - mark.start));
  context.globalAlpha = mark.spentOn === 'wait' && width > 2 ? 0.55 : 0.45 + 0.55 * share;
  context.fillStyle = palette[mark.spentOn] ?? palette.other!;
  context.fillRect(x, top + INSET_PX, width, LANE_PX - 2 * INSET_PX);
  context.globalAlpha = 1;
}

function writeInside(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  mark: Mark,
  top: number,
) {
  const [x, width] = boxOf(scene, mark);
  if (mark.calls > 1 || width < LEAST_TEXT_PX || x > scene.width) return;
  const text = mark.syscall;
  const visible = Math.max(x, scene.left) + 4;
  if (context.measureText(text).width > x + width - visible - 4) return;
  context.fillStyle = palette.text!;
  context.fillText(text, visible, top + LANE_PX / 2 + 3.5);
}

function drawError(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  mark: Mark,
  top: number,
) {
  const [x, width] = boxOf(scene, mark);
  context.fillStyle = palette.bad!;
  const share = mark.errors / Math.max(1, mark.calls);
  const height = LEAST_ERROR_PX + (ERROR_PX - LEAST_ERROR_PX) * share;
  context.fillRect(x, top + LANE_PX - INSET_PX - height, Math.max(2, width), height);
}

function outline(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  mark: Mark,
  top: number,
) {
  const [x, width] = boxOf(scene, mark);
  context.strokeStyle = palette.text!;
  context.lineWidth = 1.5;
  context.strokeRect(x - 1, top + INSET_PX - 1, width + 2, LANE_PX - 2 * INSET_PX + 2);
}

function drawLabels(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  first: number,
  last: number,
) {
  const { left, height, labels } = scene;
  context.save();
  context.beginPath();
  context.rect(0, RULER_PX, left - 6, height);
  context.clip();
  context.fillStyle = palette.text!;
  for (let i = first; i < last; i++)
    context.fillText(labels[i] ?? '', 4, topOf(scene, i) + LANE_PX / 2 + 4);
  context.restore();
  context.fillStyle = palette.line!;
  context.fillRect(left - 1, 0, 1, height);
}

function drawRuler(context: CanvasRenderingContext2D, scene: Scene, palette: Palette) {
  const { span, width, height, left } = scene;
  context.fillStyle = palette.ground!;
  context.fillRect(0, 0, width, RULER_PX);
  const step = tickStep((span.to - span.from) / Math.max(1, (width - left) / 110));
  context.strokeStyle = palette.line!;
  context.lineWidth = 1;
  for (let time = Math.ceil(span.from / step) * step; time <= span.to; time += step) {
    const x = Math.round(toPixels(scene, time)) + 0.5;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
    const text = printDuration(time);
    if (x + context.measureText(text).width + 6 > width) continue;
    context.fillStyle = palette.muted!;
    context.fillText(text, x + 4, 14);
  }
}

function drawSelection(context: CanvasRenderingContext2D, scene: Scene, palette: Palette) {
  const [a, b] = scene.selection!;
  context.globalAlpha = 0.2;
  context.fillStyle = palette.accent!;
  context.fillRect(Math.min(a, b), 0, Math.abs(b - a), scene.height);
  context.globalAlpha = 1;
}

/** The nearest of 1, 2, 5, 10, 20… that is not below. */
function tickStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? least;
}
