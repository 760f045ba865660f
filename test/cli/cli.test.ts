import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startStack } from '../../local/stack.ts';
import { type Finished, main, runNode, stracelake } from './command.ts';

// Every test starts processes, which takes long on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const CSV_HEADER =
  '"timestamp","pid","executable","syscall","filepath","all_filepaths","ret_int","ret_str","syscall_time"';
const gccLog = fileURLToPath(new URL('../logs/gcc.log', import.meta.url));
const countedLog = fileURLToPath(
  new URL('../reports/cases/overview.counted/log.strace', import.meta.url),
);
const bin = fileURLToPath(new URL('../../bin/stracelake.js', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
  await copyFile(gccLog, join(folder, 'gcc.log'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => stracelake(folder, args);
const read = (name: string) => readFile(join(folder, name), 'utf8');
const write = (name: string, content: string | Buffer) => writeFile(join(folder, name), content);

describe('stracelake', () => {
  it('explains itself', async () => {
    const help = await run('--help');
    expect(help.code).toBe(0);
    for (const command of ['serve', 'convert', 'report', 'reports', 'session-id']) {
      expect(help.stdout).toContain(`  ${command} `);
    }
    expect((await run('report', '--help')).stdout).toContain('--path-regex <value>');
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('says of the table that strace -c prints that it holds no calls', async () => {
    await copyFile(countedLog, join(folder, 'counted.log'));
    const { code, stdout } = await run('quality', 'counted.log');
    expect(code).toBe(0);
    const told = stdout.split('\n').filter((line) => line.startsWith(' table '));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('a table of totals (6430 calls, 1432 errors) without the calls');
  });

  it.each([
    [[], 'Usage:'],
    [['bogus'], "unknown command 'bogus'"],
    [['convert'], "missing required argument 'log'"],
    [['convert', 'gcc.log', '--nope'], "unknown option '--nope'"],
    [['convert', 'gcc.log', '--out', 'gcc.log'], 'would overwrite the log: gcc.log'],
    [
      ['convert', 'gcc.log', '--date', '1.1.2026'],
      '--date must be a date such as 2026-11-23, this is none: 1.1.2026',
    ],
    [['convert', 'gcc.log', '--utc-offset', '2'], '--utc-offset must be'],
    [['report', 'gcc.log', 'nope'], 'report not found (stracelake reports lists them): nope'],
    [['report', 'gcc.log', 'file_acces'], 'did you mean file_access,'],
    [['report', 'gcc.log', 'diff_files'], 'stracelake diff takes two logs'],
    [
      ['report', 'gcc.log', 'file_access', '--columns', 'x'],
      '--columns: The columns of file_access',
    ],
    [['report', 'gcc.log', 'summary', '--format', 'xml'], 'Allowed choices are text, json, csv'],
    [['report', 'gcc.log', 'summary', '--limit', '0'], 'whole number from 1 on'],
    [['report', 'gcc.log', 'file_access', '--from', 'noon'], '--from: Give a time such as'],
    [
      ['report', 'gcc.log', 'summary', '--path', 'x'],
      '--path: The report summary does not know it',
    ],
    [['report', 'gcc.log', 'file_access', '--param', 'x'], '--param wants name=value'],
    [['session-id', 'app.log'], 'only objects under logs/'],
    [['serve', '--port', 'eighty'], 'whole number from 0 to 65535'],
  ])('ends with 2 when called wrongly: %s', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it.each([
    [['convert', 'missing.log'], 'log not found: missing.log'],
    [['convert', '.'], 'is a folder'],
    [['convert', 'text.log'], 'not an strace log: None of its 1 lines'],
    [['convert', 'empty.log'], 'empty log'],
    [['convert', 'cut.log.gz'], 'damaged compression'],
    [['convert', 'gcc.log', '--out', 'no/such/folder.csv'], 'could not be written'],
    [['report', 'missing', 'summary'], 'neither a log nor a session'],
    [['report', 'x', 'summary', '--url', 'http://127.0.0.1:1'], 'service not reached'],
  ])('ends with 1 when the work cannot be done: %s', async (args, message) => {
    await write('text.log', 'no strace\n');
    await write('empty.log', '');
    await write('cut.log.gz', gzipSync(await readFile(gccLog)).subarray(0, 1000));
    const { code, stderr, stdout } = await run(...args);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([1, '']);
    expect((await readdir(folder)).filter((name) => !name.includes('.log'))).toEqual([]);
  });

  it('names the session of a key', async () => {
    expect((await run('session-id', 'logs/ci/42/app.log.gz')).stdout).toBe('ci.42.app\n');
    expect((await run('session-id', 's3://some-bucket/logs/a.log')).stdout).toBe('a\n');
  });

  it('lists the reports', async () => {
    expect((await run('reports')).stdout).toMatch(/^count_errors +Count of failed syscalls$/m);
    const { stdout } = await run('reports', 'file_access');
    expect(stdout).toMatch(/^ {2}--path-regex <regex>\n {6}Regular expression /m);
    expect(stdout).toMatch(/^ {2}filepath varchar\n {6}\w/m);
    const { reports } = JSON.parse((await run('reports', '--json')).stdout);
    const { parameters, sql } = reports.find(
      ({ name }: { name: string }) => name === 'file_access',
    );
    expect([parameters[0].name, sql]).toEqual(['executable', undefined]);
  });

  it('starts through its bin, on this Node and on one that is too old', async () => {
    const asOld =
      'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';
    for (const nodeArgs of [[bin], ['--import', asOld, bin]]) {
      const good = await runNode(folder, [...nodeArgs, 'session-id', 'logs/a.log']);
      expect(good).toEqual({ code: 0, stdout: 'a\n', stderr: '' });
      expect((await runNode(folder, [...nodeArgs, 'bogus'])).code).toBe(2);
    }
  });
});

describe('stracelake convert', () => {
  it("writes the original's CSV to strace.csv", async () => {
    const { code, stdout, stderr } = await run('convert', 'gcc.log');
    expect([code, stdout, stderr]).toEqual([0, '', 'wrote strace.csv from 2349 lines\n']);
    const [header, first, ...rest] = (await read('strace.csv')).split('\n');
    expect(header).toBe(CSV_HEADER);
    expect(first).toBe(
      `"09:23:46.107746","4129","/usr/bin/gcc","execve","/usr/bin/gcc","['/usr/bin/gcc']","0","","0.002871"`,
    );
    expect(rest.at(-1)).toBe('');
    expect(await readdir(folder)).toEqual(['gcc.log', 'strace.csv']);
  });

  it('reads stdin and compressed logs, and writes to stdout', async () => {
    await run('convert', 'gcc.log', '--out', 'a.csv');
    const input = gzipSync(await readFile(gccLog));
    const { stdout, stderr } = await stracelake(folder, ['convert', '-', '--out', '-'], { input });
    expect(stderr).toBe('');
    expect(stdout).toBe(await read('a.csv'));
  });

  it('writes Parquet', async () => {
    await run('convert', 'gcc.log', '--out', 'gcc.parquet');
    const file = await readFile(join(folder, 'gcc.parquet'));
    const metadata = parquetMetadata(new Uint8Array(file).buffer);
    expect(Number(metadata.num_rows)).toBe(2337);
  });

  it('writes Parquet that can be asked in place of the log', async () => {
    await run('convert', 'gcc.log', '--out', 'gcc.parquet');
    for (const args of [['wasted_lookups'], ['file_access', '--from', '09:23:46.2', '--json']]) {
      const log = await run('report', 'gcc.log', ...args);
      expect(log.stdout.length).toBeGreaterThan(100);
      expect(await run('report', 'gcc.parquet', ...args)).toEqual(log);
    }
    await run('export', 'gcc.log', 'perfetto', '--out', 'a');
    await run('export', 'gcc.parquet', 'perfetto', '--out', 'b');
    expect(await read('b')).toBe(await read('a'));
    expect((await run('convert', 'gcc.parquet')).stderr).toContain('converted already');
    await write('no.parquet', 'nothing');
    const none = await run('report', 'no.parquet');
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringContaining('no Parquet file of calls'),
    ]);
  });

  it('merges the files of an -ff run', async () => {
    await mkdir(join(folder, 'run'));
    await write('run/t.7', '10:00:00.1 fork() = 8\n10:00:00.4 wait4(-1) = 8\n');
    await write('run/t.8.gz', gzipSync('10:00:00.2 getpid() = 8\n10:00:00.3 exit(0) = ?\n'));
    const { stdout } = await run('convert', 'run/t', '--out', '-');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','));
    expect(rows.map((row) => [row[1], row[3]])).toEqual([
      ['"7"', '"fork"'],
      ['"8"', '"getpid"'],
      ['"8"', '"exit"'],
      ['"7"', '"wait4"'],
    ]);
    expect((await run('convert', 'run/t.7', '--out', '-')).stdout).toContain('"7","","fork"');
  });

  it('says which lines it could not read', async () => {
    await write('odd.log', '1 10:00:00 close(3) = 0\n1 10:00:00 close(3\n');
    const { code, stderr } = await run('convert', 'odd.log');
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: 1 lines could not be read \(.+\), such as line 2: /);
  });

  it('is quiet when its reader has seen enough', async () => {
    const log = await readFile(gccLog);
    await write('long.log', Buffer.concat(Array(10).fill(log)));
    const child = spawn(process.execPath, [main, 'convert', 'long.log', '--out', '-'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('stracelake report', () => {
  it('prints a report on a log as a table, CSV or JSON', async () => {
    const text = await run('report', 'gcc.log', 'count_errors');
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toMatch(/^\n\nCount of failed syscalls:\n\n {3}count \| executable/);
    const csv = await run('report', 'gcc.log', 'count_errors', '--format', 'csv');
    const [header, first] = csv.stdout.split('\r\n');
    expect(header).toBe('count,executable,syscall,ret_str');
    expect(first).toMatch(/^106,/);
    const json = JSON.parse(
      (await run('report', 'gcc.log', 'count_errors', '--format', 'json')).stdout,
    );
    expect(json).toMatchObject({ session: 'gcc', report: 'count_errors' });
    expect(json.rows[0]).toMatchObject({ count: 106, syscall: 'newfstatat' });
    expect(json.rows).toHaveLength(csv.stdout.trimEnd().split('\r\n').length - 1);
  });

  it('takes the filters of the report', async () => {
    const filters = ['--executable', 'cc1', '--path-regex', '/include$', '--format', 'csv'];
    const { stdout } = await run('report', 'gcc.log', 'file_access', ...filters);
    const rows = stdout.trimEnd().split('\r\n').slice(1);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatch(/cc1,.*\/include,/);
    const limited = await run('report', 'gcc.log', 'file_access', ...filters, '--limit', '1');
    expect(limited.stdout.trimEnd().split('\r\n')).toEqual(stdout.split('\r\n').slice(0, 2));
    const named = [
      '--param',
      'executable=cc1',
      '--param',
      'path_regex=/include$',
      '--format',
      'csv',
    ];
    expect((await run('report', 'gcc.log', 'file_access', ...named)).stdout).toBe(stdout);
  });

  it('prints reports without rows', async () => {
    const report = (format: string) =>
      run('report', 'gcc.log', 'count_device_files', '--format', format);
    expect((await report('text')).stdout).toBe('');
    expect((await report('csv')).stdout).toBe('count,executable,filepath\r\n');
    expect(JSON.parse((await report('json')).stdout).rows).toEqual([]);
  });
});

describe('stracelake report on a session', () => {
  let dataDir: string;
  let stack: Awaited<ReturnType<typeof startStack>>;
  const log = async () => Buffer.concat(Array(6).fill(await readFile(gccLog)));
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
    stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
    const url = `${stack.s3Url}/stracelake-uploads/logs/long.log`;
    await fetch(url, { method: 'PUT', body: new Uint8Array(await log()) });
  });
  afterAll(async () => {
    await stack.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** One report in all formats, more than a page of it. */
  async function printAll(args: string[]): Promise<Finished[]> {
    const formats = ['text', 'csv', 'json'];
    return await Promise.all(formats.map((format) => run('report', ...args, '--format', format)));
  }

  it('prints what a report on the log prints, however it is reached', async () => {
    await write('long.log', await log());
    const expected = await printAll(['long.log', 'calls', '--date', '2026-11-23']);
    expect(JSON.parse(expected[2].stdout).rows.length).toBeGreaterThan(13_000);
    await rm(join(folder, 'long.log'));
    // Waits while the session is being ingested.
    expect(await printAll(['long', 'calls', '--url', stack.apiUrl])).toEqual(expected);
    // Another process finds the service that runs on the folder.
    const args = [main, 'report', 'long', 'calls', '--data-dir', dataDir];
    expect(await runNode(folder, args)).toEqual(expected[0]);
    await stack.close();
    const [text] = expected;
    expect(await run('report', 'long', 'calls', '--data-dir', dataDir)).toEqual(text);
  });

  it('passes on what the service says', async () => {
    await stack.close();
    const missing = await run('report', 'nobody', 'summary', '--data-dir', dataDir);
    expect(missing.stderr).toContain('There is no session nobody');
    expect(missing.code).toBe(1);
    const bad = ['--path-regex', '(', '--data-dir', dataDir];
    expect((await run('report', 'sample', 'file_access', ...bad)).code).toBe(2);
  });
});

describe('stracelake serve', () => {
  it('says where to upload and what to ask, and stops when told', async () => {
    const args = [main, 'serve', '--port', '0', '--s3-port', '0', '--verbose'];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(child, 'exit');
    let stdout = '';
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    for await (const chunk of child.stdout) {
      stdout += chunk;
      if (stdout.includes('logs/sample.log is ready')) break;
    }
    expect(stdout).toContain(`running on ${join(folder, '.stracelake')}`);
    expect(stdout).toMatch(
      /aws s3 cp app\.log s3:\/\/stracelake-uploads\/logs\/ --endpoint-url http:/,
    );
    const [, url] = /curl '(http[^']+)'/.exec(stdout)!;
    expect(await (await fetch(url)).text()).toContain('Programs executed:');
    const again = await run('serve', '--port', '0', '--s3-port', '0');
    expect(again.stderr).toContain(`is served by process ${child.pid}`);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(stderr).toMatch(/^GET \/sessions\/sample\/reports\/summary\?format=text 200 \d+ ms\n$/);
    expect(await readdir(join(folder, '.stracelake'))).not.toContain('serving.json');
  });
});
