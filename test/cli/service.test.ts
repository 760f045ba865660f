import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportFormats } from '../../lib/exports/export-format.ts';
import { startStack } from '../../local/stack.ts';
import { stracelake } from './command.ts';

vi.setConfig({ testTimeout: 60_000 });

const gccLog = fileURLToPath(new URL('../logs/gcc.log', import.meta.url));

/** Two runs of one program; the second opens another file and fails. */
const runs = {
  one: `7 10:00:00.1 execve("/bin/a", ["a"], 0x1) = 0
7 10:00:00.2 openat(AT_FDCWD, "/etc/old", O_RDONLY) = 3 <0.000010>
7 10:00:00.3 fork() = 8 <0.000020>
8 10:00:00.4 exit_group(0) = ?
8 10:00:00.4 +++ exited with 0 +++
7 10:00:00.5 +++ exited with 0 +++
`,
  two: `9 11:00:00.1 execve("/bin/a", ["a"], 0x1) = 0
9 11:00:00.2 openat(AT_FDCWD, "/etc/new", O_RDONLY) = 3 <0.000010>
9 11:00:00.3 openat(AT_FDCWD, "/etc/gone", O_RDONLY) = -1 ENOENT (No such file or directory) <0.000010>
9 11:00:00.5 +++ exited with 1 +++
`,
};

let folder: string;
let stack: Awaited<ReturnType<typeof startStack>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
  await copyFile(gccLog, join(folder, 'gcc.log'));
  await writeFile(join(folder, 'one.log'), runs.one);
  await writeFile(join(folder, 'two.log'), runs.two);
  const dataDir = join(folder, 'data');
  stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
}, 60_000);
afterAll(async () => {
  await stack.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => vi.unstubAllEnvs());

const alone = (...args: string[]) => stracelake(folder, args);
const run = (...args: string[]) => alone(...args, '--url', stack.apiUrl);
const read = (name: string) => readFile(join(folder, name), 'utf8');
const date = ['--date', '2026-11-23'];

describe('stracelake upload', () => {
  it('prints the address of the session once it is ready', async () => {
    const { code, stdout, stderr } = await run('upload', 'gcc.log', ...date);
    expect([code, stdout]).toEqual([0, `${stack.apiUrl}/sessions/gcc\n`]);
    expect(stderr).toBe('gcc.log: session gcc is ready, 2337 rows from 2349 lines\n');
    const manifest = (await (await fetch(stdout.trim())).json()) as { status: string };
    expect(manifest.status).toBe('ready');
  });

  it('takes several logs, labels and a folder for their names', async () => {
    const labels = ['--label', 'branch=main', '--label', 'commit=1a2b'];
    const done = await run('upload', 'one.log', 'two.log', '--name', 'ci/7/', ...labels, '--json');
    const { uploads } = JSON.parse(done.stdout);
    expect(uploads).toMatchObject([
      { file: 'one.log', keys: ['logs/ci/7/one.log'], status: 'ready', rows: 6, failure: null },
      { file: 'two.log', keys: ['logs/ci/7/two.log'], status: 'ready', rows: 4, failure: null },
    ]);
    const { labels: stored } = (await (await fetch(uploads[0].url)).json()) as { labels: unknown };
    expect(stored).toEqual({ branch: 'main', commit: '1a2b' });
  });

  it('waits for this very log when its name was taken before', async () => {
    await run('upload', 'one.log', '--session', 'again');
    await run('upload', 'two.log', '--name', 'one.log', '--session', 'again');
    const tree = await run('tree', 'session:again');
    expect(tree.stdout).toMatch(/^9 a /);
  });

  it('uploads the files of an -ff run as one session', async () => {
    await writeFile(join(folder, 't.7'), '10:00:00.1 fork() = 8\n10:00:00.4 wait4(-1) = 8\n');
    await writeFile(join(folder, 't.8.gz'), gzipSync('10:00:00.2 getpid() = 8\n'));
    const { stdout } = await run('upload', 't', '--name', 'run/t', '--json');
    expect(JSON.parse(stdout).uploads).toMatchObject([
      { keys: ['logs/run/t.7', 'logs/run/t.8.gz'], session: 'run.t.ff', rows: 3 },
    ]);
  });

  it('ends with 1 when a log failed, and says what the manifest says', async () => {
    await writeFile(join(folder, 'text.log'), 'no strace\n');
    const { code, stdout, stderr } = await run('upload', 'one.log', 'text.log');
    expect([code, stdout]).toEqual([1, `${stack.apiUrl}/sessions/one\n`]);
    expect(stderr).toContain('stracelake: text.log failed: not an strace log. None of its 1 lines');
    const refused = await run(
      'upload',
      'two.log',
      '--session',
      'text-of-another',
      ...date,
      '--json',
    );
    expect(JSON.parse(refused.stdout).uploads[0].status).toBe('ready');
    const taken = await run('upload', 'one.log', '--name', 'x.log', '--session', 'text-of-another');
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain('one.log failed: ');
  });

  it('puts logs straight into the bucket, and waits when there is a service', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', stack.s3Url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const bucket = ['--bucket', 'stracelake-uploads', '--name', 'direct.log', '--json'];
    const waited = JSON.parse((await run('upload', 'one.log', ...bucket)).stdout).uploads;
    expect(waited).toMatchObject([{ session: 'direct', status: 'ready', rows: 6 }]);
    const sent = JSON.parse((await alone('upload', 'one.log', ...bucket)).stdout).uploads;
    expect(sent).toMatchObject([{ session: 'direct', status: 'uploaded', url: null }]);
    const missing = await alone('upload', 'one.log', '--bucket', 'no-such-bucket');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain(
      'upload to s3://no-such-bucket/logs/one.log failed (NoSuchBucket',
    );
  });

  it.each([
    [['missing.log'], 1, 'log not found: missing.log'],
    [['empty.log'], 1, 'log is empty: empty.log'],
    [['-'], 2, 'stdin cannot be uploaded'],
    [['one.log', 'two.log', '--session', 'x'], 2, '--session is for one log'],
    [['one.log', 'two.log', '--name', 'x'], 2, '--name is for one log'],
    [['one.log', '--label', 'Branch=x'], 2, '--label wants name=value'],
    [['one.log', '--session', 'a/b'], 2, 'must be a name of at most 100 letters'],
    [['one.log', '--name', '../x'], 2, 'The parameter name cannot be used'],
  ])('says what is wrong with %j', async (args, code, message) => {
    await writeFile(join(folder, 'empty.log'), '');
    const done = await run('upload', ...args);
    expect(done.stderr).toContain(message);
    expect([done.code, done.stdout]).toEqual([code, '']);
  });

  it('says what to do when there is no service', async () => {
    const { code, stderr } = await alone('upload', 'one.log');
    expect(stderr).toBe(
      'stracelake: nowhere to upload to (there is no data folder .stracelake: ' +
        'run stracelake serve, or give --url or --data-dir)\n',
    );
    expect(code).toBe(1);
  });
});

describe('on a session, as on its log,', () => {
  beforeAll(async () => {
    await run('upload', 'gcc.log', 'one.log', 'two.log', ...date);
  }, 60_000);

  it.each([
    ['report', ['wasted_lookups', '--limit', '3']],
    ['report', ['file_summary', '--where', 'path~/usr', '--sort', '-opens,path', '--limit', '5']],
    [
      'report',
      ['file_access', '--columns', 'executable,filepath', '--limit', '4', '--format', 'csv'],
    ],
    ['report', []],
    ['search', ['--error', 'any', '--path', '/usr/lib']],
    ['search', ['--min-us', '500', '--from', '09:23:46', '--format', 'csv']],
    ['search', ['--error', 'any', '--path', '/usr/lib', '--format', 'tsv']],
    ['search', ['--follow', '4130', '--syscall', 'openat']],
    ['search', ['--kind', 'signal,exit', '--json']],
    ['tree', []],
    ['tree', ['--json']],
    ['quality', []],
    ['quality', ['--json']],
  ])('%s %j prints the same', async (command, options) => {
    const [log, session] = [
      await alone(command, 'gcc.log', ...options, ...date),
      await run(command, 'gcc', ...options),
    ];
    expect(log).toMatchObject({ code: 0, stderr: '' });
    expect(log.stdout.length).toBeGreaterThan(20);
    expect(session).toEqual(log);
  });

  it('the overview ends with how the log was read', async () => {
    await writeFile(join(folder, 'poor.log'), 'read(3, "a"..., 9) = 1\nread(3\n');
    const { stdout } = await alone('report', 'poor.log');
    const [, read] = stdout.split('How the log was read:');
    expect(read).toMatch(/unparsed \| 1 +\| call without its end, such as line 2: read\(3/);
    expect(read).toMatch(/missing +\| +\| No times: record with -ttt/);
    const chosen = await alone('report', 'poor.log', 'overview', '--columns', 'says');
    expect(chosen.stdout).not.toContain('How the log was read');
    const some = await alone('report', 'poor.log', 'overview', '--where', 'topic=calls');
    expect(some.stdout).not.toContain('How the log was read');
  });

  it('diff compares logs, sessions, and one of each', async () => {
    const only = ['--report', 'files', '--report', 'errors'];
    const logs = await alone('diff', 'one.log', 'two.log', ...only, ...date);
    expect(logs.stdout).toMatch(/^ new +\| \/etc\/new +\| read/m);
    expect(logs.stdout).toMatch(/^ gone +\| \/etc\/old +\| read/m);
    expect(logs.stdout).toMatch(/^ new +\| a +\| openat +\| ENOENT/m);
    expect(await run('diff', 'one', 'two', ...only)).toEqual(logs);
    expect(await run('diff', 'one.log', 'two', ...only, ...date)).toEqual(logs);
    expect(await run('diff', 'one', 'two.log', ...only, ...date)).toEqual(logs);
    const { base, head, reports } = JSON.parse((await run('diff', 'one', 'two', '--json')).stdout);
    expect([base, head]).toEqual(['one', 'two']);
    expect(reports.map(({ report }: { report: string }) => report)).toContain('diff_programs');
    expect((await run('diff', 'one', 'two', '--exit-code')).code).toBe(1);
    const same = await run('diff', 'one.log', 'one', '--exit-code', ...date);
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('no difference')]);
  });

  it('diff takes any report whose rows have a key', async () => {
    const only = ['--report', 'file_summary', '--format', 'csv'];
    const logs = await alone('diff', 'one.log', 'two.log', ...only, ...date);
    expect(logs.stdout).toMatch(/^new,\/etc\/new,0,\d/m);
    expect(await run('diff', 'one', 'two', ...only)).toEqual(logs);
    const none = await run('diff', 'one', 'two', '--report', 'gaps');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('not found (there are')]);
  });

  it.each([...exportFormats.keys()])('export %s writes the same', async (format) => {
    const one = await alone('export', 'gcc.log', format, '--out', 'one', ...date);
    expect(one).toMatchObject({ code: 0, stdout: '' });
    expect(one.stderr).toMatch(/^wrote one \(\d+ bytes\)\n$/);
    await run('export', 'gcc', format, '--out', 'other');
    expect(
      (await readFile(join(folder, 'other'))).equals(await readFile(join(folder, 'one'))),
    ).toBe(true);
    const printed = await run('export', 'gcc', format, '--out', '-');
    if (/json|csv|folded/.test(format)) expect(printed.stdout).toBe(await read('one'));
  });

  it('complete knows the sessions', async () => {
    const { stdout } = await alone('complete', '--', 'tree', '--url', stack.apiUrl, 'gc');
    expect(stdout).toBe('gcc\tsession, ready\n:files\n');
    const none = await alone('complete', '--', 'tree', '--url', 'http://127.0.0.1:1', 'gc');
    expect(none).toEqual({ code: 0, stdout: ':files\n', stderr: '' });
  });

  it('sql asks logs and sessions', async () => {
    const query = 'SELECT syscall, COUNT(*) AS n FROM calls GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4';
    const log = await alone('sql', query, 'gcc.log', '--json');
    expect(JSON.parse(log.stdout).rows).toHaveLength(4);
    expect(await run('sql', query, '--session', 'gcc', '--json')).toEqual(log);
    const both = "SELECT session, status, labels FROM sessions WHERE session LIKE '%o%' ORDER BY 1";
    const { stdout } = await alone('sql', both, 'one.log', 'two.log', '--format', 'csv');
    expect(stdout).toBe('session,status,labels\r\none,ready,{}\r\ntwo,ready,{}\r\n');
    const lines = ['SELECT path FROM calls WHERE path IS NOT NULL ORDER BY seq', '--format', 'tsv'];
    expect((await alone('sql', ...lines, 'two.log')).stdout).toBe('/bin/a\n/etc/new\n/etc/gone\n');
    expect((await run('sql', ...lines, '--session', 'two')).stdout).toBe(
      '/bin/a\n/etc/new\n/etc/gone\n',
    );
    const refused = await alone('sql', "SELECT * FROM read_text('/etc/passwd')", 'one.log');
    expect(refused.code).toBe(2);
  });
});

describe('stracelake trend', () => {
  it('prints a report across the sessions of a service', async () => {
    for (const [name, day] of [
      ['one', '2026-11-20'],
      ['two', '2026-11-21'],
    ]) {
      const as = ['--session', `trend.${name}`, '--date', day!, '--label', 'branch=main'];
      expect((await run('upload', `${name}.log`, ...as)).code).toBe(0);
    }
    const asked = ['trend_sessions', '--prefix', 'trend.', '--label', 'branch=main'];
    const days = ['--from', '2026-11-20', '--to', '2026-11-21'];
    const { stdout } = await run('trend', ...asked, ...days, '--json');
    expect(JSON.parse(stdout).rows).toMatchObject([
      { session: 'trend.two', calls: 3, calls_before: 4, errors: 1 },
      { session: 'trend.one', calls: 4, calls_before: null },
    ]);
    const csv = await run(
      'trend',
      ...asked,
      ...days,
      '--columns',
      'session,calls',
      '--format',
      'csv',
    );
    expect(csv.stdout.split(/\r?\n/)).toEqual(['session,calls', 'trend.two,3', 'trend.one,4', '']);
    const none = await run('trend', 'first_seen', '--prefix', 'nothing');
    expect([none.code, none.stderr]).toEqual([0, 'no rows: Seen for the first time\n']);
    expect((await run('trend', 'summary')).code).toBe(2);
    expect((await run('trend', 'trend_sessions', '--label', 'x')).code).toBe(2);
  });
});

describe('stracelake sessions', () => {
  it('lists what passes the filters', async () => {
    await run('upload', 'one.log', '--name', 'list/a.log.gz', '--label', 'branch=main', ...date);
    await run('upload', 'two.log', '--name', 'list/b.log.gz', '--label', 'branch=dev', ...date);
    const names = async (...args: string[]) => {
      const { stdout } = await run('sessions', 'list.', ...args, '--json');
      return JSON.parse(stdout).sessions.map(({ session }: { session: string }) => session);
    };
    expect(await names()).toEqual(['list.b', 'list.a']);
    expect(await names('--limit', '1')).toEqual(['list.b']);
    expect(await names('--label', 'branch=main')).toEqual(['list.a']);
    expect(await names('--from', '2026-11-23T10:30:00Z')).toEqual(['list.b']);
    expect(await names('--to', '2026-11-23T10:30:00Z')).toEqual(['list.a']);
    expect(await names('--status', 'failed')).toEqual([]);
    const table = await run('sessions', 'list.a');
    expect(table.stdout).toMatch(/list\.a +\| ready +\| 2026-11-23 10:00:00Z +\| +0\.4 +\| +6 \|/);
    const none = await run('sessions', 'nothing');
    expect(none).toEqual({ code: 0, stdout: '', stderr: 'no sessions\n' });
  });

  it('finds the service in the environment', async () => {
    vi.stubEnv('STRACELAKE_URL', stack.apiUrl);
    expect((await alone('sessions', 'sample', '--format', 'csv')).stdout).toContain('sample,ready');
  });
});

describe('what lets a command in', () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, response) => {
    seen.push(headers);
    response
      .writeHead(401, { 'content-type': 'application/json' })
      .end('{"message":"Unauthorized"}');
  });
  let url: string;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stage`;
  });
  afterAll(() => server.close());

  const ask = async (env: Record<string, string>, ...args: string[]) => {
    const done = await stracelake(folder, ['sessions', '--url', url, ...args], { env });
    return { ...done, headers: seen.pop() };
  };

  it('is a token, a header, or a signature', async () => {
    const env = { STRACELAKE_TOKEN: 'abc' };
    const answer = await ask(env);
    expect(answer.headers?.authorization).toBe('Bearer abc');
    expect(answer.stderr).toBe(
      'stracelake: Unauthorized (not let in: set STRACELAKE_TOKEN to a token, or have AWS credentials and --sign REGION)\n',
    );
    expect(answer.code).toBe(1);
    const own = await ask(env, '--header', 'Authorization: Basic x', '--header', 'x-a: 1');
    expect(own.headers).toMatchObject({ authorization: 'Basic x', 'x-a': '1' });
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const { headers } = await ask(env, '--sign', 'eu-central-1');
    expect(headers?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/eu-central-1\/execute-api\/aws4_request, /,
    );
  });

  it('must make sense', async () => {
    expect((await ask({}, '--header', 'nonsense')).code).toBe(2);
    expect((await alone('sessions', '--url', 'localhost')).stderr).toContain(
      '--url wants an address',
    );
  });
});
