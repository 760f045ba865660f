import { describe, expect, it } from 'vitest';
import { readTestLog } from '../recorded-logs.ts';
import { parseLog } from './parsed-log.ts';
import { countRows, readTable, reasonsOf, uncounted, withoutTimes } from './strace-table.ts';

describe.each(['gcc_C.log', 'torture_C.log'])('%s', (name) => {
  const log = readTestLog(name);

  it("has the calls and errors of strace's table", () => {
    const { rows } = parseLog(log);
    expect(withoutTimes(countRows(rows))).toEqual(withoutTimes(readTable(log)));
    expect(reasonsOf(rows)).toEqual(
      name === 'gcc_C.log' ? ['a call that never returned'] : Object.keys(uncounted),
    );
  });
});
