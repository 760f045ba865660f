import { expect, it } from 'vitest';
import { convertLog } from '../../lib/lake/convert-log.ts';
import type { ParseSummary } from '../../lib/lake/manifest.ts';
import { readTestLog } from '../recorded-logs.ts';

const NO_PIDS = 'No process ids: children cannot be told apart; record with -f -o FILE.';
const STDERR =
  'Captured from stderr: what programs wrote there may stand within lines; record with -f -o FILE.';
const NO_EXECVE =
  'No execve: programs are unknown; start the command under strace, and let -e trace= include %process.';
const NO_TIMES = 'No times: record with -ttt.';
const RELATIVE = 'Times count from the first line (-r): record with -ttt.';
const NO_DATE = 'Times carry no date: record with -ttt, or give the date.';
const SECONDS = 'Times in whole seconds: record with -ttt.';
const NO_DURATIONS = 'No durations: record with -T.';
const NO_PATHS =
  'No paths on descriptors: they are followed from call to call; record with -y or -yy.';
const CUT = expect.stringMatching(/^\d+ strings are cut short: record with a larger -s, /);

/** What each recorded log lacks, by the options in test/logs/README.md. */
const lacking: [log: string, missing: unknown[]][] = [
  ['gcc.log', [NO_DATE, CUT]],
  ['torture_plain.log', [NO_PIDS, NO_TIMES, NO_DURATIONS, NO_PATHS, CUT]],
  ['torture_f.log', [NO_TIMES, NO_DURATIONS, NO_PATHS, CUT]],
  ['torture_f_t.log', [NO_DATE, SECONDS, NO_DURATIONS, NO_PATHS, CUT]],
  ['torture_f_tt.log', [NO_DATE, NO_DURATIONS, NO_PATHS, CUT]],
  ['torture_f_ttt_T.log', [NO_PATHS, CUT]],
  ['torture_f_r.log', [RELATIVE, NO_DURATIONS, NO_PATHS, CUT]],
  ['torture_Y.log', [CUT]],
  ['torture_k.log', [NO_EXECVE, NO_DATE, NO_DURATIONS, NO_PATHS]],
  ['torture_stderr.log', [STDERR, NO_DATE, NO_PATHS, CUT]],
];

it.each(lacking)('says what %s lacks', async (log, missing) => {
  expect((await summarize(readTestLog(log))).missing).toEqual(missing);
});

async function summarize(log: Buffer): Promise<ParseSummary> {
  const parts = convertLog(
    (async function* () {
      yield log;
    })(),
    { session: 's', storedAt: new Date(0) },
  );
  for (;;) {
    const part = await parts.next();
    if (part.done) return part.value;
    for await (const _bytes of part.value.body);
  }
}
