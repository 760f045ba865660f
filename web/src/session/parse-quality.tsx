import type { Session } from '../api/types.generated.ts';
import { printNumber } from '../format.ts';

/** How well the log was read, and what the recording left out. */
export function ParseQuality({ session }: { session: Session }) {
  const { lines, lines_by_kind: kinds, missing, unparsed } = session;
  const bad = (unparsed ?? []).flatMap((reason) => reason ?? []);
  const badLines = bad.reduce((sum, { count }) => sum + (count ?? 0), 0);
  return (
    <section aria-labelledby="quality" class="quality">
      <h2 id="quality">How well the log was read</h2>
      <p>
        {badLines === 0
          ? `Each of the ${printNumber(lines ?? 0)} lines was understood: `
          : `${printNumber(badLines)} of ${printNumber(lines ?? 0)} lines were not understood; of all lines: `}
        {Object.entries(kinds ?? {})
          .filter(([, count]) => count)
          .map(([kind, count]) => `${printNumber(count ?? 0)} ${kind}`)
          .join(', ')}
        .
      </p>
      {bad.map(({ reason, count, samples }) => (
        <details key={reason}>
          <summary>
            {reason}: {printNumber(count ?? 0)}
          </summary>
          <ul class="samples">
            {(samples ?? []).map((sample) => (
              <li key={sample?.line}>
                <span>line {sample?.line}</span> <code>{sample?.text}</code>
              </li>
            ))}
          </ul>
        </details>
      ))}
      {(missing ?? []).length > 0 && (
        <>
          <h3>What the recording left out</h3>
          <ul>
            {(missing ?? []).map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
