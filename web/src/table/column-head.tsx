import type { Report } from '../api/catalogue.ts';
import { hrefWith, navigate, route } from '../route.ts';
import { isAmount } from './cell-text.ts';

const LEAST_PX = 40;
const KEY_STEP_PX = 16;

/** Head of a column: sorts, and is drawn wider or narrower. */
export function ColumnHead({
  column,
  width,
  isSortable,
  onResize,
}: {
  column: Report['columns'][number];
  width: number;
  isSortable: boolean;
  onResize(width: number): void;
}) {
  const { name, type, description } = column;
  const sort = route.value.query.get('sort');
  const order = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined;
  const turn = () => {
    const next = order === undefined ? `-${name}` : order === 'descending' ? name : null;
    navigate(hrefWith({ sort: next }), { replace: true });
  };
  return (
    <th
      scope="col"
      class={isAmount(name, type) ? 'number' : undefined}
      aria-sort={order ?? 'none'}
      title={description}
    >
      {isSortable ? (
        <button type="button" class="column-name" onClick={turn}>
          {name}
          <span aria-hidden="true">{order === 'ascending' ? ' ▲' : order ? ' ▼' : ''}</span>
        </button>
      ) : (
        <span class="column-name">{name}</span>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a separator that moves has no element */}
      <span
        role="separator"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={`Width of ${name}`}
        aria-valuenow={width}
        class="resizer"
        onPointerDown={(event) => drag(event, width, onResize)}
        onKeyDown={({ key }) => {
          if (key === 'ArrowLeft') onResize(Math.max(LEAST_PX, width - KEY_STEP_PX));
          if (key === 'ArrowRight') onResize(width + KEY_STEP_PX);
        }}
      />
    </th>
  );
}

function drag(event: PointerEvent, width: number, onResize: (width: number) => void): void {
  const handle = event.currentTarget as HTMLElement;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const move = ({ clientX }: PointerEvent) =>
    onResize(Math.max(LEAST_PX, Math.round(width + clientX - event.clientX)));
  handle.addEventListener('pointermove', move);
  handle.addEventListener(
    'lostpointercapture',
    () => handle.removeEventListener('pointermove', move),
    {
      once: true,
    },
  );
}
