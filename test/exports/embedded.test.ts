import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportFormats } from '../../lib/exports/export-format.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';

const TIMEOUT_MS = 120_000;
const dataDir = mkdtempSync(join(tmpdir(), 'stracelake-exports-'));
const errors: string[] = [];
let stack: LocalStack;
let rows: number;

beforeAll(async () => {
  const onError = (message: string) => errors.push(message);
  stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0, onError });
  await stack.idle();
  rows = ((await (await fetch(`${stack.apiUrl}/sessions/sample`)).json()) as { rows: number }).rows;
}, TIMEOUT_MS);

afterAll(async () => {
  await stack?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it.each([...exportFormats.values()])(
  'the embedded stack gives $name',
  { timeout: TIMEOUT_MS },
  async ({ name, extension, contentType }) => {
    const answer = await fetch(`${stack.apiUrl}/sessions/sample/exports/${name}`);
    expect(answer.status).toBe(200);
    expect(answer.redirected).toBe(true);
    expect(answer.headers.get('content-type')).toBe(contentType);
    expect(answer.headers.get('content-disposition')).toContain(`sample.${extension}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (name === 'ndjson') expect(bytes.toString().split('\n')).toHaveLength(rows + 1);
    if (name === 'arrow') expect(tableFromIPC(bytes).numRows).toBe(rows);
    if (name === 'parquet') expect(bytes.subarray(-4).toString()).toBe('PAR1');
    if (name === 'perfetto') {
      const { traceEvents } = JSON.parse(bytes.toString());
      const lines = traceEvents.filter(({ args }: { args?: { line?: number } }) => args?.line);
      expect(lines).toHaveLength(rows);
    }
    expect(errors).toEqual([]);
  },
);

it('the embedded stack answers SQL', { timeout: TIMEOUT_MS }, async () => {
  const answer = await fetch(`${stack.apiUrl}/sql?format=csv`, {
    method: 'POST',
    body: 'SELECT session, COUNT(*) AS rows FROM calls GROUP BY session',
  });
  expect(await answer.text()).toBe(`session,rows\r\nsample,${rows}\r\n`);
});
