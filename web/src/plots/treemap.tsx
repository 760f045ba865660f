import type { Row } from '../api/catalogue.ts';
import { printBytes, printDuration, printNumber } from '../format.ts';
import { hrefWith, navigate, route } from '../route.ts';
import { addFilter } from '../session/filters.ts';
import { Frame } from './frame.tsx';
import { layOut, type Tile } from './squarify.ts';

const HEIGHT = 500;
const MOST_TILES = 200;

const sizes: Readonly<Record<string, [string, (row: Row) => number, (value: number) => string]>> = {
  bytes: [
    'Bytes read and written',
    (row) => Number(row.bytes_read ?? 0) + Number(row.bytes_written ?? 0),
    printBytes,
  ],
  time: ['Time in calls', (row) => Number(row.total_us ?? 0) * 1e3, printDuration],
  calls: ['Calls', (row) => Number(row.calls ?? 0), printNumber],
};

/** Files, or folders, as large as what was done with them. */
export function Treemap({ rows }: { rows: readonly Row[] }) {
  const by = route.value.query.get('by') ?? 'bytes';
  const [title, sizeOf, print] = sizes[by] ?? sizes.bytes!;
  const nameOf = (row: Row) => String(row.path ?? row.folder ?? '');
  const sized = rows
    .map((row) => ({ name: nameOf(row), size: sizeOf(row) }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size)
    .slice(0, MOST_TILES);
  const shareOf = new Map(rows.map((row) => [nameOf(row), readShare(row)]));
  const column = rows[0]?.path === undefined ? 'folder' : 'path';
  return (
    <figure class="plot">
      <figcaption class="bar">
        <label>
          Size{' '}
          <select
            value={by}
            onChange={({ currentTarget }) =>
              navigate(hrefWith({ by: currentTarget.value }), { replace: true })
            }
          >
            {Object.entries(sizes).map(([key, [text]]) => (
              <option key={key} value={key}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <ul class="legend">
          <li>
            <span class="swatch swatch-transfer" aria-hidden="true" /> mostly read
          </li>
          <li>
            <span class="swatch swatch-program" aria-hidden="true" /> mostly written
          </li>
          <li>
            <span class="swatch swatch-names" aria-hidden="true" /> neither
          </li>
        </ul>
      </figcaption>
      <Frame height={HEIGHT} label={`${title} by file`}>
        {(width) =>
          layOut(sized, { x: 0, y: 0, width, height: HEIGHT }).map((tile) => (
            <TileBox
              key={tile.name}
              tile={tile}
              text={print(tile.size)}
              share={shareOf.get(tile.name)}
              onPick={() => addFilter({ column, kind: 'is', value: tile.name })}
            />
          ))
        }
      </Frame>
    </figure>
  );
}

/** How much of what was moved was read, from 0 to 1; undefined when nothing was. */
function readShare(row: Row): number | undefined {
  const read = Number(row.bytes_read ?? 0);
  const sum = read + Number(row.bytes_written ?? 0);
  return sum > 0 ? read / sum : undefined;
}

interface TileProps {
  tile: Tile;
  text: string;
  share: number | undefined;
  onPick(): void;
}

function TileBox({ tile, text, share, onPick }: TileProps) {
  const colour = share === undefined ? '' : share >= 0.5 ? ' tile-read' : ' tile-written';
  const { name, x, y, width, height } = tile;
  const short = name.split('/').at(-1) || name;
  const fits = width > 50 && height > 18;
  const letters = Math.floor((width - 8) / 6.4);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the table has the same files with keys
    <g class={`tile${colour}`} onClick={onPick}>
      <title>{`${name}: ${text}`}</title>
      <rect
        x={x + 0.5}
        y={y + 0.5}
        width={Math.max(0, width - 1)}
        height={Math.max(0, height - 1)}
      />
      {fits && (
        <text x={x + 4} y={y + 14}>
          {short.length > letters ? `${short.slice(0, Math.max(1, letters - 1))}…` : short}
        </text>
      )}
      {fits && height > 34 && (
        <text class="tile-size" x={x + 4} y={y + 28}>
          {text}
        </text>
      )}
    </g>
  );
}
