import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { catalogue, type Report, type Row } from '../api/catalogue.ts';
import { hrefOf, route } from '../route.ts';
import { addFilter, aroundLine, type FilterKind } from '../session/filters.ts';
import { CopyButton } from '../shell/copy-button.tsx';
import { isNumeric, plainCell } from './cell-text.ts';

/** The cell that was picked. */
export interface CellPlace {
  column: string;
  row: Row;
  anchor: HTMLElement;
}

/** What can be done with a cell: filter by it, copy it, go where it leads. */
export function CellMenu({
  place,
  report,
  isFixed,
  onClose,
}: {
  place: CellPlace;
  report: Pick<Report, 'columns'>;
  isFixed: boolean;
  onClose(): void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { column, row, anchor } = place;
  useLayoutEffect(() => {
    const element = dialog.current!;
    element.showModal();
    moveBeside(element, anchor);
    return () => anchor.isConnected && anchor.focus();
  }, [anchor]);
  useEffect(() => {
    const close = () => onClose();
    addEventListener('hashchange', close);
    return () => removeEventListener('hashchange', close);
  }, []);
  const value = row[column];
  const text = plainCell(value);
  const type = report.columns.find(({ name }) => name === column)?.type ?? 'varchar';
  const isNothing = value === null || value === undefined;
  const filter = (kind: FilterKind) => () => {
    const isList = Array.isArray(value);
    const listKind = kind === 'is' ? 'contains' : 'contains_not';
    addFilter({ column, kind: isList ? listKind : kind, value: isNothing ? null : text });
    onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      class="cell-menu"
      aria-label={`${column}: what can be done`}
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && onClose()}
    >
      <div class="cell-menu-body">
        <h2>{column}</h2>
        <pre class="cell-value">{isNothing ? '(nothing)' : text}</pre>
        <div class="menu-actions">
          {!isFixed && (
            <>
              <button type="button" onClick={filter('is')}>
                Only this
              </button>
              <button type="button" onClick={filter('is_not')}>
                Without this
              </button>
            </>
          )}
          {!isFixed && isNumeric(type) && !isNothing && (
            <>
              <button type="button" onClick={filter('at_least')}>
                At least this
              </button>
              <button type="button" onClick={filter('at_most')}>
                At most this
              </button>
            </>
          )}
          <CopyButton text={() => text} of="as text" label="Copy value" />
          <CopyButton text={() => JSON.stringify(row, null, 2)} of="as JSON" label="Copy row" />
        </div>
        <Ways row={row} column={column} />
        <button type="button" class="quiet menu-close" onClick={onClose}>
          Close
        </button>
      </div>
    </dialog>
  );
}

/** Where a row leads: its calls, its process, its report. */
function Ways({ row, column }: { row: Row; column: string }) {
  const [place, second] = route.value.path;
  const session = place === 's' ? second : row.session;
  if (typeof session !== 'string') return null;
  const ways: [string, string][] = [];
  const to = (path: string[], query: Record<string, string>, label: string) =>
    ways.push([hrefOf(['s', session, ...path], new URLSearchParams(query)), label]);
  if (place !== 's') to([], {}, `Session ${session}`);
  const { seq, process, path, executable, syscall, error, report } = row;
  if (typeof report === 'string' && catalogue.value?.has(report))
    to(['r', report], {}, `Report ${report}`);
  if (typeof seq === 'number')
    to(['r', 'search'], { ...aroundLine(seq) }, `Line ${seq} among all calls`);
  if (typeof process === 'number')
    to(['r', 'follow'], { 'p.process': String(process) }, `Follow process ${process}`);
  if (typeof path === 'string' && path !== '')
    to(['r', 'search'], { f: `path.is=${path}` }, 'Calls on this file');
  const value = row[column];
  const isCalls = column === 'executable' || column === 'syscall' || column === 'error';
  if (isCalls && typeof value === 'string' && (executable ?? syscall ?? error) !== null)
    to(['r', 'search'], { f: `${column}.is=${value}` }, `All calls with this ${column}`);
  if (ways.length === 0) return null;
  return (
    <ul class="ways">
      {ways.map(([href, label]) => (
        <li key={href}>
          <a href={href}>{label}</a>
        </li>
      ))}
    </ul>
  );
}

function moveBeside(dialog: HTMLDialogElement, anchor: HTMLElement): void {
  // On a phone the style sheet puts it at the foot of the screen.
  if (innerWidth < 640) return;
  const cell = anchor.getBoundingClientRect();
  const { width, height } = dialog.getBoundingClientRect();
  const left = Math.max(8, Math.min(cell.left, innerWidth - width - 8));
  const below = cell.bottom + 4;
  const top = below + height < innerHeight ? below : Math.max(8, cell.top - height - 4);
  dialog.style.left = `${left}px`;
  dialog.style.top = `${top}px`;
}
