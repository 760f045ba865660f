import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { config, type Row } from '../api/catalogue.ts';
import { askJson } from '../api/service.ts';
import { printDuration, printNumber, printTime } from '../format.ts';
import type { Mark } from './data.ts';
import type { Hover } from './draw.ts';

const WIDTH_PX = 380;
/** A pointer that only passes asks nothing. */
const REST_MS = 120;
const MOST_LETTERS = 300;

interface Props extends Hover {
  session: string;
  base: bigint;
  width: number;
}

/** What the mark under the pointer is. */
export function MarkTip({ mark, x, y, session, base, width }: Props) {
  const line = useLine(session, mark);
  const left = Math.max(0, Math.min(x + 14, width - WIDTH_PX));
  const begin = printTime(base + BigInt(Math.round(mark.start)));
  return (
    <div class="tip" role="tooltip" style={{ left: `${left}px`, top: `${y + 58}px` }}>
      {mark.calls === 1 ? (
        <>
          <strong>{mark.syscall}</strong> {printDuration(mark.busy)}
          {mark.error && <span class="bad"> {mark.error}</span>}
          <div class="muted">
            line {printNumber(mark.seq)}, at {begin}
          </div>
          {line && <code>{line}</code>}
        </>
      ) : (
        <>
          <strong>{printNumber(mark.calls)} calls</strong> in {printDuration(mark.end - mark.start)}
          , the longest {mark.syscall}
          {mark.errors > 0 && <span class="bad">, {printNumber(mark.errors)} failed</span>}
          <div class="muted">from {begin}; click to come nearer</div>
        </>
      )}
    </div>
  );
}

/** The call of a mark as the log has it. Asked on one machine only, where a question costs nothing. */
function useLine(session: string, mark: Mark): string | undefined {
  const line = useSignal<string | undefined>(undefined);
  const isAsked = mark.calls === 1 && config.value?.sql === true;
  useEffect(() => {
    line.value = undefined;
    if (!isAsked) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        line.value = await askLine(session, mark.seq, abort.signal);
      } catch {
        // What is known of the mark is shown without.
      }
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [session, mark.seq, isAsked]);
  return line.value;
}

async function askLine(session: string, seq: number, signal: AbortSignal) {
  const where = JSON.stringify([['seq', 'is', String(seq)]]);
  const query = new URLSearchParams({ where, columns: 'syscall,args,ret,ret_text', limit: '1' });
  const path = `/sessions/${encodeURIComponent(session)}/reports/search?${query}`;
  const { rows } = await askJson<{ rows: Row[] }>(path, { signal });
  const [row] = rows;
  if (!row) return undefined;
  const text = `${row.syscall}(${row.args ?? ''}) = ${row.ret ?? '?'} ${row.ret_text ?? ''}`.trim();
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}
