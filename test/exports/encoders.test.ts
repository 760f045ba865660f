import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Ajv } from 'ajv';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCalls } from '../../lib/exports/call-reader.ts';
import type { CallRow } from '../../lib/exports/call-row.ts';
import { exportFormats } from '../../lib/exports/export-format.ts';
import type { TraceEvent } from '../../lib/exports/trace-events.ts';
import { callColumns } from '../../lib/lake/columns.ts';
import { collect, folder, ingestCase, ingestText, type MemorySession } from './session.ts';

const GCC_LOG = readFileSync(new URL('../logs/gcc.log', import.meta.url), 'utf8');
const temporary = mkdtempSync(join(tmpdir(), 'stracelake-exports-'));
let tiny: MemorySession;
let gcc: MemorySession;

beforeAll(async () => {
  tiny = await ingestCase('tiny');
  gcc = await ingestText(GCC_LOG, 3);
});

afterAll(() => {
  rmSync(temporary, { recursive: true });
});

describe('the tiny log', () => {
  it.each(['perfetto', 'folded', 'ndjson', 'csv', 'seccomp'])('as %s', async (name) => {
    const text = (await write(tiny, name)).toString();
    await expect(text).toMatchFileSnapshot(`${folder}tiny/${name}.expected`);
  });

  it('with stacks, folded', async () => {
    const text = (await write(await ingestCase('stacks'), 'folded')).toString();
    await expect(text).toMatchFileSnapshot(`${folder}stacks/folded.expected`);
  });
});

describe('the trace', () => {
  it('has a slice for every call that the log times, where the log says', async () => {
    const trace = JSON.parse((await write(await ingestText(GCC_LOG), 'perfetto')).toString());
    const slices = new Map<number, TraceEvent>();
    for (const event of trace.traceEvents as TraceEvent[])
      if (event.ph === 'X') slices.set(event.args!.line as number, event);
    const start = secondsOf(GCC_LOG);
    let compared = 0;
    for (const [index, line] of GCC_LOG.split('\n').entries()) {
      const match = /^(\d+) +(\S+) (\w+)\(.* <(\d+\.\d+)>$/.exec(line);
      if (!match) continue;
      const [, pid, , name, seconds] = match;
      const slice = slices.get(index + 1)!;
      expect(slice).toMatchObject({ name, tid: Number(pid) });
      expect(slice.ts).toBeCloseTo((secondsOf(line) - start) * 1e6, 1);
      const printed = slice.args!.duration_us ?? slice.dur;
      expect(printed).toBeCloseTo(Number(seconds) * 1e6, 3);
      compared++;
    }
    expect(compared).toBeGreaterThan(2000);
  });

  it.each(['tiny', 'gcc'])(
    'of %s has slices that do not overlap, and whole arrows',
    async (name) => {
      const session = name === 'tiny' ? tiny : await ingestText(GCC_LOG);
      const { traceEvents } = JSON.parse((await write(session, 'perfetto')).toString());
      const events = traceEvents as TraceEvent[];
      const ends = new Map<number, number>();
      const slices = events.filter(({ ph }) => ph === 'X').sort((a, b) => a.ts - b.ts);
      for (const { tid, ts, dur } of slices) {
        expect(ts).toBeGreaterThanOrEqual(ends.get(tid) ?? 0);
        ends.set(tid, Math.round((ts + dur!) * 1000) / 1000);
      }
      const starts = events.filter(({ ph }) => ph === 's');
      expect(starts.length).toBeGreaterThan(1);
      for (const { id, ts, tid } of starts) {
        const target = events.find((event) => event.ph === 'f' && event.id === id)!;
        expect(target.ts).toBeGreaterThanOrEqual(ts);
        expect(slices.some((slice) => slice.tid === tid && slice.ts === ts)).toBe(true);
        expect(slices.some((slice) => slice.tid === target.tid && slice.ts === target.ts)).toBe(
          true,
        );
      }
      const named = new Set(
        events.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid),
      );
      for (const { tid } of slices) expect(named).toContain(tid);
    },
  );
});

describe('folded stacks', () => {
  it('add up to the time that the log gives', async () => {
    const text = (await write(gcc, 'folded')).toString();
    const lines = text.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^[^;]+ \d+;[^;]+;[^;]+(;[^;]+)? \d+$/);
    const folded = lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    const durations = [...GCC_LOG.matchAll(/ <(\d+\.\d+)>$/gm)].map(([, text]) => Number(text));
    const printed = 3 * durations.reduce((sum, seconds) => sum + seconds, 0) * 1e6;
    expect(Math.abs(folded - printed)).toBeLessThan(lines.length);
  });
});

it('the seccomp profile has the shape of OCI and the calls of the log, no others', async () => {
  const profile = JSON.parse((await write(gcc, 'seccomp')).toString());
  const names = {
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: { type: 'string', pattern: '^[a-z_0-9]+$' },
  };
  // linux.seccomp of the OCI runtime specification, no more than what this profile needs of it
  const isProfile = new Ajv().compile({
    type: 'object',
    required: ['defaultAction', 'architectures', 'syscalls'],
    additionalProperties: false,
    properties: {
      defaultAction: { const: 'SCMP_ACT_ERRNO' },
      architectures: {
        type: 'array',
        uniqueItems: true,
        items: { enum: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'] },
      },
      syscalls: {
        type: 'array',
        items: {
          type: 'object',
          required: ['names', 'action'],
          additionalProperties: false,
          properties: { names, action: { const: 'SCMP_ACT_ALLOW' } },
        },
      },
    },
  });
  expect(isProfile(profile), JSON.stringify(isProfile.errors)).toBe(true);
  const made = [...GCC_LOG.matchAll(/^\d+ +\S+ (\w+)\(/gm)].map(([, name]) => name!);
  expect(profile.syscalls[0].names).toEqual([...new Set(made)].sort());
});

describe('every row with every column', () => {
  it.each(['ndjson', 'csv', 'parquet'])('as %s is what DuckDB reads of the files', async (name) => {
    const files = gcc.source.files.map(({ key }, i) => {
      const file = join(temporary, `${i}.parquet`);
      const { objects } = gcc.source.store as unknown as {
        objects: Map<string, { bytes: Buffer }>;
      };
      writeFileSync(file, objects.get(`lake/${key}`)!.bytes);
      return `'${file}'`;
    });
    const file = join(temporary, `export.${name}`);
    writeFileSync(file, await write(gcc, name));
    const rows = gcc.source.files.reduce((sum, each) => sum + each.rows, 0);
    expect(await difference(`read_parquet([${files}])`, readBack(name, file))).toEqual([
      { rows: BigInt(rows), missing: 0n, added: 0n },
    ]);
  });

  it('as an Arrow file', async () => {
    const table = tableFromIPC(await write(gcc, 'arrow'));
    const rows: CallRow[] = [];
    for await (const batch of readCalls(gcc.source)) rows.push(...batch);
    expect(table.numRows).toBe(rows.length);
    expect(table.schema.fields.map(({ name }) => name)).toEqual(
      callColumns.map(({ name }) => name),
    );
    for (const [i, expected] of rows.entries()) {
      const row = table.get(i)!.toJSON();
      for (const name of ['paths', 'classes', 'stack']) row[name] = [...row[name]];
      expect(row).toEqual(expected);
    }
  });

  it.each([...exportFormats.keys()])('is none in an empty session as %s', async (name) => {
    const empty = { source: { ...tiny.source, files: [] }, manifest: tiny.manifest };
    const bytes = await write(empty, name);
    if (name === 'arrow') expect(tableFromIPC(bytes).numRows).toBe(0);
    if (name === 'perfetto') expect(JSON.parse(bytes.toString()).traceEvents).toEqual([]);
    if (name === 'csv') expect(bytes.toString().trimEnd().split('\n')).toHaveLength(1);
    if (name === 'folded' || name === 'ndjson') expect(bytes).toHaveLength(0);
    if (name === 'seccomp') expect(JSON.parse(bytes.toString()).syscalls).toEqual([]);
    if (name === 'parquet') expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
  });
});

async function write({ source, manifest }: MemorySession, name: string): Promise<Buffer> {
  return await collect(exportFormats.get(name)!.write(source, manifest));
}

/** Seconds of the day of a line's time, or of the first one in a text. */
function secondsOf(text: string): number {
  const [, hours, minutes, seconds] = /(\d\d):(\d\d):(\d\d\.\d+)/.exec(text)!;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function readBack(name: string, file: string): string {
  if (name === 'parquet') return `read_parquet('${file}')`;
  const types = {
    string: 'VARCHAR',
    int: 'INTEGER',
    bigint: 'BIGINT',
    'array<string>': 'VARCHAR[]',
  };
  const columns = callColumns.map(({ name, type }) => `${name}: '${types[type]}'`).join(', ');
  if (name === 'ndjson') return `read_json('${file}', columns = {${columns}})`;
  return `(SELECT * REPLACE (from_json(paths, '["VARCHAR"]') AS paths, from_json(classes, '["VARCHAR"]') AS classes,
      from_json(stack, '["VARCHAR"]') AS stack)
    FROM read_csv('${file}', header = true, allow_quoted_nulls = false, columns = {${columns.replaceAll('VARCHAR[]', 'VARCHAR')}}))`;
}

async function difference(original: string, exported: string) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`
    SELECT (SELECT COUNT(*) FROM ${exported}) AS rows,
      (SELECT COUNT(*) FROM (SELECT * FROM ${original} EXCEPT ALL SELECT * FROM ${exported})) AS missing,
      (SELECT COUNT(*) FROM (SELECT * FROM ${exported} EXCEPT ALL SELECT * FROM ${original})) AS added`);
  connection.closeSync();
  instance.closeSync();
  return reader.getRowObjectsJS();
}
