import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack } from '../../local/stack.ts';
import { stracelake } from './command.ts';

const TIMEOUT_MS = 120_000;

describe('stracelake sql', { timeout: TIMEOUT_MS }, () => {
  let dataDir: string;
  let stack: Awaited<ReturnType<typeof startStack>>;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
    stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
    await stack.idle();
  }, TIMEOUT_MS);

  afterAll(async () => {
    await stack.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const run = (...args: string[]) => stracelake(dataDir, ['sql', ...args]);
  const programs = `SELECT DISTINCT executable FROM calls WHERE syscall = 'execve' AND ret = 0 ORDER BY 1`;

  it('prints rows as a table, CSV or JSON, however the service is reached', async () => {
    const csv = ['--session', 'sample', '--format', 'csv', programs];
    const there = await run(...csv, '--data-dir', dataDir);
    expect(there).toMatchObject({ code: 0, stderr: '' });
    expect(there.stdout.split('\r\n')[0]).toBe('executable');
    expect(there.stdout).toContain('cc1');
    expect(await run(...csv, '--url', stack.apiUrl)).toEqual(there);
    const json = await run('--format', 'json', '--limit', '1', programs, '--url', stack.apiUrl);
    expect(JSON.parse(json.stdout)).toMatchObject({ is_cut: true, rows: { length: 1 } });
    const input = { input: 'SELECT session, status FROM sessions' };
    const table = await stracelake(dataDir, ['sql', '-', '--url', stack.apiUrl], input);
    expect(table.stdout).toBe(' session   | status\n-----------+----------\n sample    | ready\n');
  });

  it('starts the service of a data folder that none runs on', async () => {
    await stack.close();
    const answer = await run('SELECT 1 AS one', '--format', 'csv', '--data-dir', dataDir);
    expect(answer).toEqual({ code: 0, stdout: 'one\r\n1\r\n', stderr: '' });
  });

  it.each([
    [['SELECT * FROM nowhere'], 2, 'There is no table nowhere'],
    [['DROP VIEW calls'], 2, 'one SELECT'],
    [['--session', 'nobody', 'SELECT 1'], 1, 'no session nobody'],
    [[''], 2, 'query is empty'],
    [['SELECT 1', '--data-dir', '/nonexistent'], 1, 'no data folder'],
  ])('says what is wrong with %j', async (args, code, hint) => {
    const answer = await run('--data-dir', dataDir, ...args);
    expect(answer.code).toBe(code);
    expect(answer.stderr).toContain(hint);
  });
});
