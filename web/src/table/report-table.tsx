import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Report, Row } from '../api/catalogue.ts';
import { route } from '../route.ts';
import { Problem, Waiting } from '../shell/problem.tsx';
import { CellMenu, type CellPlace } from './cell-menu.tsx';
import { isAmount, printCell } from './cell-text.ts';
import { ColumnHead } from './column-head.tsx';
import { startWidths } from './column-widths.ts';
import type { Rows } from './row-source.ts';
import { findRows, ROW_PX, scrollOf } from './viewport.ts';

/** How near to the last row the next page is fetched. */
const NEAR_ROWS = 200;

/** Rows of a report as a table: only those in sight are in the document. */
export function ReportTable({
  report,
  source,
  isFixed = false,
}: {
  report: Pick<Report, 'title' | 'columns'>;
  source: Rows;
  /** Whether the service neither sorts nor filters the rows. */
  isFixed?: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const menu = useSignal<CellPlace | undefined>(undefined);
  const rows = source.rows.value;
  const hasRows = rows.length > 0;
  const widths = useSignal<readonly number[]>([]);
  useMemo(() => {
    if (hasRows) widths.value = startWidths(report, rows);
  }, [report, hasRows]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { first, count, above, below } = findRows(top.value, height.value, rows.length);
  const shown = rows.slice(first, first + count);
  useEffect(() => {
    if (first + count > rows.length - NEAR_ROWS) source.loadMore();
  });
  if (source.problem.value) return <Problem problem={source.problem.value} />;
  if (!hasRows && source.isLoading.value) return <Waiting detail={source.waits.value} />;
  if (!hasRows) return <p class="note">No rows: nothing of this kind is in the log, or fits.</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys move among the cells inside */}
      <div
        ref={box}
        class="grid-box"
        onScroll={({ currentTarget }) => {
          top.value = currentTarget.scrollTop;
        }}
        onKeyDown={(event) => moveFocus(event, rows.length)}
      >
        <table class="grid" aria-rowcount={source.isWhole.value ? rows.length + 1 : -1}>
          <caption class="visually-hidden">{report.title}</caption>
          <colgroup>
            {widths.value.map((width, i) => (
              <col key={report.columns[i]?.name} style={{ width: `${width}px` }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {report.columns.map((column, i) => (
                <ColumnHead
                  key={column.name}
                  column={column}
                  width={widths.value[i] ?? 100}
                  isSortable={!isFixed}
                  onResize={(width) => {
                    widths.value = widths.value.with(i, width);
                  }}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            <Spacer px={above} columns={report.columns.length} />
            {shown.map((row, i) => (
              <TableRow
                key={first + i}
                index={first + i}
                report={report}
                row={row}
                isEntry={i === 0 || top.value === 0}
                onPick={(place) => {
                  menu.value = place;
                }}
              />
            ))}
            <Spacer px={below} columns={report.columns.length} />
          </tbody>
        </table>
      </div>
      {menu.value && (
        <CellMenu
          place={menu.value}
          report={report}
          isFixed={isFixed}
          onClose={() => {
            menu.value = undefined;
          }}
        />
      )}
    </>
  );
}

/** Stands for the rows out of sight. */
function Spacer({ px, columns }: { px: number; columns: number }) {
  if (px <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a spacer takes no focus
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height: `${px}px`, padding: 0 }} />
    </tr>
  );
}

function TableRow({
  index,
  report,
  row,
  isEntry,
  onPick,
}: {
  index: number;
  report: Pick<Report, 'columns'>;
  row: Row;
  isEntry: boolean;
  onPick(place: CellPlace): void;
}) {
  const isBad = typeof row.error === 'string' && row.error !== '';
  const isAsked = row.seq !== undefined && String(row.seq) === route.value.query.get('row');
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={isAsked || undefined}
      class={
        [index % 2 === 1 && 'row-odd', isBad && 'row-bad', isAsked && 'row-asked']
          .filter(Boolean)
          .join(' ') || undefined
      }
    >
      {report.columns.map(({ name, type }, i) => {
        const isNumber = isAmount(name, type);
        const text = printCell(row[name], isNumber);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the table takes Enter for all its cells
          <td
            key={name}
            tabIndex={isEntry && i === 0 ? 0 : -1}
            data-row={index}
            data-column={i}
            class={isNumber ? 'number' : undefined}
            title={text.length > 12 ? text : undefined}
            onClick={({ currentTarget }) => onPick({ column: name, row, anchor: currentTarget })}
          >
            {text}
          </td>
        );
      })}
    </tr>
  );
}

const steps: Readonly<Record<string, [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-20, 0],
  PageDown: [20, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

/** With Ctrl, to the first row and to the last that is here. */
const leaps: Readonly<Record<string, [number, number]>> = {
  Home: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  End: [Number.POSITIVE_INFINITY, 0],
};

/** Arrows go from cell to cell, and scroll to those that are not in the document yet. */
function moveFocus(event: KeyboardEvent, rows: number): void {
  const cell = event.target as HTMLElement;
  const { row, column } = cell.dataset;
  if (row === undefined || column === undefined) return;
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    cell.click();
    return;
  }
  const step = (event.ctrlKey ? leaps : steps)[event.key];
  if (!step) return;
  event.preventDefault();
  const box = event.currentTarget as HTMLElement;
  const last = cell.parentElement!.children.length - 1;
  const target = Math.min(rows - 1, Math.max(0, Number(row) + step[0]));
  focusCell(box, rows, target, Math.min(last, Math.max(0, Number(column) + step[1])));
}

function focusCell(box: HTMLElement, rows: number, row: number, column: number): void {
  const find = () =>
    box.querySelector<HTMLElement>(`td[data-row="${row}"][data-column="${column}"]`);
  const above = scrollOf(row, box.clientHeight, rows);
  const below = above + 3 * ROW_PX - box.clientHeight;
  if (box.scrollTop > above) box.scrollTop = above;
  else if (box.scrollTop < below) box.scrollTop = below;
  if (find()) find()?.focus({ preventScroll: false });
  else requestAnimationFrame(() => find()?.focus());
}
