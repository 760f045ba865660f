import { printDuration, printNumber, printTime } from '../format.ts';
import type { Mark } from './data.ts';

const WIDTH_PX = 260;

/** What the mark under the pointer is. */
export function MarkTip(props: { mark: Mark; x: number; y: number; base: bigint; width: number }) {
  const { mark, x, y, base, width } = props;
  const left = Math.max(0, Math.min(x + 14, width - WIDTH_PX));
  const begin = printTime(base + BigInt(Math.round(mark.start)));
  return (
    <div class="tip" role="tooltip" style={{ left: `${left}px`, top: `${y + 58}px` }}>
      {mark.calls === 1 ? (
        <>
          <strong>{mark.syscall}</strong> {printDuration(mark.busy)}
          {mark.error && <span class="bad"> {mark.error}</span>}
          <div>
            line {printNumber(mark.seq)}, at {begin}
          </div>
        </>
      ) : (
        <>
          <strong>{printNumber(mark.calls)} calls</strong> in {printDuration(mark.end - mark.start)}
          , the longest {mark.syscall}
          {mark.errors > 0 && <span class="bad">, {printNumber(mark.errors)} failed</span>}
          <div>from {begin}; click to come nearer</div>
        </>
      )}
    </div>
  );
}
