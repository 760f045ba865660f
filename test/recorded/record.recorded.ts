import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inspectStrace, straceArguments } from '../../cli/strace-run.ts';
import { startStack } from '../../local/stack.ts';
import { main, runNode, stracelake } from '../cli/command.ts';

let folder: string;
beforeAll(() => {
  if (spawnSync('strace', ['-V']).error)
    throw new Error('strace is missing: apt-get install strace');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = (...args: string[]) => runNode(folder, [main, 'record', ...args]);
const ask = async (...args: string[]) => (await stracelake(folder, args)).stdout;

describe('stracelake record', () => {
  test.each([
    [['true'], 0],
    [['sh', '-c', 'exit 3'], 3],
    [['sh', '-c', 'kill -9 $$'], 137],
    [['sh', '-c', 'kill -TERM $$'], 143],
  ])('ends as %j ends', async (command, code) => {
    expect((await record('--', ...command)).code).toBe(code);
    expect(await readdir(folder)).toEqual([`${command[0]}.log`]);
  });

  test('leaves the output of the command alone and records all of it', async () => {
    const script = 'echo out; echo err >&2; cat /etc/hostname | wc -c >/dev/null';
    const { stdout, stderr } = await record('--out', 'a.log', 'sh', '-c', script);
    expect(stdout).toBe('out\n');
    expect(stderr).toMatch(/^err\nrecorded a\.log \(\d+ bytes\); see: stracelake report a\.log\n$/);
    expect(await ask('tree', 'a.log')).toMatch(
      /^\d+ sh -c .*\n├─ \d+ cat .*\n└─ \d+ wc -c .*exit 0/,
    );
    const { processes } = JSON.parse(await ask('tree', 'a.log', '--json'));
    expect(processes[0].children).toHaveLength(2);
    const options = await ask(
      'sql',
      'SELECT options.pids, options.clock, options.durations, options.fd_paths FROM sessions',
      'a.log',
      '--format',
      'tsv',
    );
    expect(options).toBe('column\tepoch\ttrue\ttrue\n');
  });

  test('writes over no other log, and compresses', async () => {
    await record('true');
    await record('true');
    await record('--out', 'small.log.zst', 'true');
    expect(await readdir(folder)).toEqual(['small.log.zst', 'true-2.log', 'true.log']);
    const log = zstdDecompressSync(await readFile(join(folder, 'small.log.zst'))).toString();
    expect(log).toMatch(/execve\(/);
  });

  test('records only some calls, long texts and a process that runs', async () => {
    const text = 'x'.repeat(3000);
    await record('--trace', '%file', '--out', 'f.log', 'cat', '/etc/hostname');
    expect(
      await ask('report', 'f.log', 'syscall_stats', '--columns', 'syscall', '--format', 'tsv'),
    ).not.toContain('read');
    await record('--string-limit', '4000', '--out', 's.log', 'sh', '-c', `echo ${text}`);
    expect(
      await ask('search', 's.log', '--text', text.slice(0, 400), '--syscall', 'write'),
    ).toContain(text);
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const attached = record('--pid', String(child.pid), '--out', 'p.log');
    await isTraced(child);
    child.stdin.end('hello\n');
    expect((await attached).code).toBe(0);
    expect(await ask('search', 'p.log', '--text', 'hello')).toContain('read(0<');
  });

  test('passes signals to the command, which may end in its own way', async () => {
    const script = 'trap "echo bye; exit 4" TERM; echo ready; while :; do sleep 0.05; done';
    const child = spawn(process.execPath, [main, 'record', '--out', 't.log', 'sh', '-c', script], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    expect([code, stdout]).toEqual([4, 'ready\nbye\n']);
    expect(await ask('search', 't.log', '--kind', 'exit')).toContain('+++ exited with 4 +++');
  });

  test.each([
    [[], 2, 'give a command after --'],
    [['--pid', '1', 'ls'], 2, 'give a command after --'],
    [['no-such-command'], 127, 'command not found or not executable: no-such-command'],
    [['--out', 'no/such/folder.log', 'true'], 1, 'strace wrote no log and ended with 1'],
  ])('says what is wrong with %j', async (args, code, message) => {
    const done = await record(...args);
    expect(done.stderr).toContain(message);
    expect(done.code).toBe(code);
    expect(await readdir(folder)).toEqual([]);
  });

  test('says how to get strace where there is none', async () => {
    await writeFile(join(folder, 'path.mjs'), `process.env.PATH = '/nonexistent';`);
    const { code, stderr } = await runNode(folder, [
      '--import',
      './path.mjs',
      main,
      'record',
      'ls',
    ]);
    expect([code, stderr]).toEqual([
      1,
      'stracelake: strace is missing: apt-get install strace (Debian, Ubuntu), dnf install strace (Fedora, RHEL), apk add strace (Alpine)\n',
    ]);
  });

  test('asks strace for all that this strace can', () => {
    const wish = { stringLimit: 2048, trace: '%network' };
    const now = straceArguments(wish, inspectStrace(), 'a.log', ['ls']);
    expect(now.join(' ')).toMatch(
      /^-f -ttt -T -yy (-Y )?-s 2048 -e trace=%network (--seccomp-bpf )?-o a\.log -- ls$/,
    );
    const old = {
      version: '4.8',
      help: 'usage: strace [-CdffhiqrtttTvVxxy] [-I n] [-e expr]...\n-y -- print paths\n',
    };
    expect(straceArguments(wish, old, 'a.log', ['ls']).slice(0, 6).join(' ')).toBe(
      '-f -ttt -T -y -s 2048',
    );
  });
});

describe('stracelake record --upload', () => {
  let stack: Awaited<ReturnType<typeof startStack>>;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
    stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
  });
  afterAll(async () => {
    await stack.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('makes a session of the run, and ends as the command ends', async () => {
    const upload = ['--upload', '--name', 'ci/9/run.log.gz', '--label', 'branch=main', '--json'];
    const { code, stderr } = await record(...upload, '--url', stack.apiUrl, 'sh', '-c', 'exit 5');
    expect(code).toBe(5);
    const said = JSON.parse(stderr.trim().split('\n').at(-1)!);
    expect(said).toMatchObject({
      log: null,
      exit_code: 5,
      uploads: [{ session: 'ci.9.run', status: 'ready' }],
    });
    expect(await readdir(folder)).toEqual([]);
    const listed = await ask('sessions', '--label', 'branch=main', '--url', stack.apiUrl);
    expect(listed).toContain('ci.9.run');
  });

  test('keeps a log that could not be uploaded', async () => {
    const { code, stderr } = await record('--upload', '--url', 'http://127.0.0.1:1', 'true');
    expect(code).toBe(1);
    const [kept] = await readdir(folder);
    expect(kept).toMatch(/^true-\d{8}-\d{6}\.log$/);
    expect(stderr).toMatch(
      new RegExp(`^not uploaded, kept: ${kept}\nstracelake: service not reached`),
    );
  });
});

/** Resolves when somebody traces the process. */
async function isTraced({ pid }: ChildProcess): Promise<void> {
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    if (!/^TracerPid:\t0$/m.test(status)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
