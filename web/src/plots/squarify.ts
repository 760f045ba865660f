/** A rectangle, in any unit. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Something of a size. */
export interface Sized {
  name: string;
  size: number;
}

/** Something with the rectangle whose area tells its size. */
export type Tile = Sized & Box;

/** Lays out sizes, the largest first, in rows as near to squares as they can be (squarified treemap). */
export function layOut(sizes: readonly Sized[], box: Box): Tile[] {
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  const area = (box.width * box.height) / total;
  const tiles: Tile[] = [];
  let free = box;
  let left = sizes;
  while (left.length > 0) {
    const side = Math.min(free.width, free.height);
    let count = 1;
    while (
      count < left.length &&
      worst(left, count + 1, side, area) <= worst(left, count, side, area)
    )
      count++;
    free = placeRow(left.slice(0, count), free, area, tiles);
    left = left.slice(count);
  }
  return tiles;
}

/** How far the worst of the first tiles is from a square, when they share a row along a side. */
function worst(sizes: readonly Sized[], count: number, side: number, area: number): number {
  const row = sizes.slice(0, count).map(({ size }) => size * area);
  const thickness = row.reduce((sum, each) => sum + each, 0) / side;
  return Math.max(...row.map((each) => Math.max(thickness ** 2 / each, each / thickness ** 2)));
}

/** Places a row along the shorter side; gives what is left of the box. */
function placeRow(row: readonly Sized[], box: Box, area: number, tiles: Tile[]): Box {
  const sum = row.reduce((total, { size }) => total + size, 0) * area;
  const isTall = box.width >= box.height;
  const thickness = sum / (isTall ? box.height : box.width);
  let at = isTall ? box.y : box.x;
  for (const each of row) {
    const length = (each.size * area) / thickness;
    tiles.push(
      isTall
        ? { ...each, x: box.x, y: at, width: thickness, height: length }
        : { ...each, x: at, y: box.y, width: length, height: thickness },
    );
    at += length;
  }
  return isTall
    ? { ...box, x: box.x + thickness, width: Math.max(0, box.width - thickness) }
    : { ...box, y: box.y + thickness, height: Math.max(0, box.height - thickness) };
}
