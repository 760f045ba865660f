import type { Row } from '../api/catalogue.ts';
import { printDuration, printNumber } from '../format.ts';
import { hrefOf } from '../route.ts';
import { type Exec, printChain } from './exec-chains.ts';

const INDENT_PX = 18;

interface Props {
  row: Row;
  session: string;
  /** Nanoseconds of the whole session; 0 without times. */
  wholeNs: number;
  /** Nanoseconds from the session's start to the first event. */
  startNs: number | undefined;
  /** What it executed, in order. */
  chain: readonly Exec[];
  isParent: boolean;
  isClosed: boolean;
  onToggle(): void;
}

/** One process: its place in the tree, its end, its share of the time. */
export function ProcessRow(props: Props) {
  const { row, session, isParent, isClosed, onToggle } = props;
  const text = String(row.tree).replace(/^(\. )+/, '');
  const command = text.replace(/^\d+ /, '');
  // Of a long path the end tells most; the whole is in the title.
  const short = command.replace(/^\/\S*\/(?=\S)/, '');
  const query = new URLSearchParams({ 'p.process': String(row.process) });
  return (
    <tr>
      <th
        scope="row"
        style={{ paddingLeft: `${8 + INDENT_PX * Math.min(20, Number(row.depth ?? 0))}px` }}
      >
        <span class="tree-name">
          {isParent ? (
            <button
              type="button"
              class="twisty"
              aria-expanded={!isClosed}
              aria-label={`Children of ${row.process}`}
              onClick={onToggle}
            >
              {isClosed ? '▸' : '▾'}
            </button>
          ) : (
            <span class="twisty" />
          )}
          {row.process === null ? (
            'all'
          ) : (
            <a href={hrefOf(['s', session, 'r', 'follow'], query)} title="Follow this process">
              {row.process as number}
            </a>
          )}
          <span class="command" title={command}>
            {short}
          </span>
          {props.chain.length > 1 && (
            <span class="tag" title={printChain(props.chain)}>
              {props.chain.length} execs
            </span>
          )}
          {Number(row.threads) > 1 && <span class="tag">{row.threads as number} threads</span>}
        </span>
      </th>
      <td>
        <End ended={row.ended as string | null} />
      </td>
      <td class="number">{printNumber(Number(row.calls))}</td>
      <td class="number">{printNumber(Number(row.errors))}</td>
      <td class="number">
        {row.elapsed_ms === null ? '–' : printDuration(Number(row.elapsed_ms) * 1e6)}
      </td>
      <td class="number">
        {row.call_ms === null ? '–' : printDuration(Number(row.call_ms) * 1e6)}
      </td>
      <td class="gantt">
        <Gantt {...props} />
      </td>
    </tr>
  );
}

function End({ ended }: { ended: string | null }) {
  if (ended === null) return <span class="muted">not seen</span>;
  const isGood = ended === '0';
  return (
    <span class={isGood ? 'tag tag-good' : 'tag tag-bad'}>
      {isGood ? 'exit 0' : /^\d+$/.test(ended) ? `exit ${ended}` : ended}
    </span>
  );
}

/** When the process ran, as a bar in the time of the session; the full part is its time in calls, marks are execs. */
function Gantt({ row, chain, wholeNs, startNs }: Props) {
  if (startNs === undefined || wholeNs <= 0 || row.elapsed_ms === null) return null;
  const elapsed = Number(row.elapsed_ms) * 1e6;
  const left = Math.min(100, (100 * startNs) / wholeNs);
  const width = Math.min(100 - left, Math.max(0.4, (100 * elapsed) / wholeNs));
  const share = elapsed > 0 ? Math.min(100, (100 * Number(row.call_ms ?? 0) * 1e6) / elapsed) : 0;
  const isBad = row.ended !== null && row.ended !== '0';
  return (
    <span
      class="gantt-track"
      title={`from ${printDuration(startNs)}, for ${printDuration(elapsed)}`}
    >
      <span
        class={isBad ? 'gantt-bar gantt-bad' : 'gantt-bar'}
        style={{ left: `${left}%`, width: `${width}%` }}
      >
        <span class="gantt-calls" style={{ width: `${share}%` }} />
      </span>
      {chain.map(({ at, path, seq }) => (
        <span
          key={seq}
          class="gantt-exec"
          title={`executes ${path} after ${printDuration(at)}`}
          style={{ left: `${Math.min(100, Math.max(0, (100 * at) / wholeNs))}%` }}
        />
      ))}
    </span>
  );
}
