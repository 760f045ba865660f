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

/** The table that strace 5.18 wrote behind a log: it counts what -z and -Z keep out. */
const TABLE = [
  '% time     seconds  usecs/call     calls    errors syscall',
  '------ ----------- ----------- --------- --------- ----------------',
  '  0.00    0.000000           0         1           execve',
  '  0.00    0.000000           0         3         2 statx',
  '------ ----------- ----------- --------- --------- ----------------',
  '100.00    0.000000           0         4         2 total',
];
const EXECUTED = '7 execve("/bin/ls", ["ls"], 0x7ffe /* 1 vars */) = 0';
const FOUND = '7 statx(1, "", AT_EMPTY_PATH, STATX_ALL, 0x7ffe) = 0';
const NOT_FOUND =
  '7 statx(AT_FDCWD, "/x", 0, STATX_ALL, 0x7ffe) = -1 ENOENT (No such file or directory)';

it.each([
  ['failed', [EXECUTED, FOUND]],
  ['successful', [NOT_FOUND, NOT_FOUND]],
])('says that %s calls were kept out', async (hidden, lines) => {
  const { missing } = await summarize(Buffer.from([...lines, ...TABLE, ''].join('\n')));
  expect(missing).toContain(
    `No ${hidden} calls, though strace counted them: record without -z, -Z and -e status=.`,
  );
});

it.each([
  ['all were printed', [EXECUTED, FOUND, NOT_FOUND, NOT_FOUND]],
  ['something else is lost', [EXECUTED, NOT_FOUND]],
])('says of no calls that they were kept out when %s', async (_, lines) => {
  const { missing } = await summarize(Buffer.from([...lines, ...TABLE, ''].join('\n')));
  expect(missing.filter((fact) => fact.includes('-z'))).toEqual([]);
});

it('says nothing of calls kept out when a table is all there is (-c)', async () => {
  const table = [...TABLE, ''].join('\n').replace('2 statx', '  statx');
  expect((await summarize(Buffer.from(table))).missing).toContain(NO_EXECVE);
  expect((await summarize(Buffer.from(table))).missing.join()).not.toContain('-z');
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
