import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { Verdict } from '../../lib/gate/verdict.ts';

const bin = fileURLToPath(new URL('../../bin/stracelake.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stracelake-streams-'));
const work = join(folder, 'work');
const runner = join(folder, 'runner');

/** Writes to its streams as they come: whole, byte by byte, from children and through copies. */
const SCRIPT = `
  cat
  exec 3>&1
  printf x; printf y >&2; echo z >&3
  node -e 'console.log("from a child"); console.error("and its errors")'
  (cat) < /dev/null`;

beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  for (const each of [work, runner]) mkdirSync(each, { recursive: true });
  writeFileSync(
    join(work, 'stracelake.budget.json'),
    JSON.stringify({
      extends: ['recommended'],
      roots: { $RUNNER: runner },
      assert: {
        files_written: ['error', { allow: ['$WORK/**'] }],
        'bytes_written:**': ['error', { max: 0 }],
        files_read: ['error', { deny: ['$RUNNER/**'] }],
        devices: ['error', { allow: ['/dev/null', '/dev/urandom'] }],
      },
    }),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('files that a runner hands over as streams are none that the command reads or writes', () => {
  expect(gate(['accept'], SCRIPT, 'pipe').status).toBe(0);
  const { status, output } = gate([], SCRIPT, 'files');
  expect(output).toContain('from a child');
  expect(output).toMatch(/\nPASSED: 0 errors, 0 warnings/);
  expect(status).toBe(0);
});

test('without any stream the command is judged as with them', () => {
  expect(gate(['accept'], SCRIPT, 'files').status).toBe(0);
  expect(gate([], SCRIPT, 'none').status).toBe(0);
});

test('a file that the command opens for its streams itself is one that it writes', () => {
  const { status } = gate([], `echo hello > ${join(runner, 'own.txt')}`, 'files');
  expect(status).toBe(1);
  const items = failedItems('files_written');
  expect(items.map(({ subject }) => subject)).toEqual(['$RUNNER/own.txt']);
  expect(failedItems('bytes_written:**')).toHaveLength(1);
});

test('the file of a stream counts once the command opens it by its name', () => {
  const { status } = gate([], `echo hello >> ${join(runner, 'output.log')}`, 'files');
  expect(status).toBe(1);
  expect(failedItems('files_written')[0]!.subject).toBe('$RUNNER/output.log');
});

test('a gate that is told to stop judges nothing', async () => {
  const command = ['sh', '-c', 'echo started; exec sleep 60'];
  const child = spawn(process.execPath, [bin, 'ci', '--', ...command], { cwd: work });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout.once('data', () => child.kill('SIGTERM'));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(errors).toContain('stopped by SIGTERM: nothing was judged');
  expect(code).toBe(2);
});

test('the command runs in our environment as it is, also when a newer Node had to be found', () => {
  const asOld =
    'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';
  const script = ['--import', asOld, bin, 'ci', '--', 'sh', '-c', 'env'];
  const { stdout } = spawnSync(process.execPath, script, { cwd: work, encoding: 'utf8' });
  const names = (text: string) => [...text.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  expect(names(stdout)).toContain('PATH');
  const known = [...Object.keys(process.env), '_', 'OLDPWD', 'PWD', 'SHLVL'];
  expect(names(stdout).filter((name) => !known.includes(name!))).toEqual([]);
});

/** Runs a script under the gate, as a runner does that keeps the streams in files, reads them or has none. */
function gate(sub: string[], script: string, streams: 'files' | 'pipe' | 'none') {
  const input = join(runner, 'input.txt');
  const log = join(runner, 'output.log');
  writeFileSync(input, 'what the command reads\n');
  const files = streams === 'files' ? [openSync(input, 'r'), openSync(log, 'w')] : [];
  try {
    const [stdin, output] = streams === 'none' ? ['ignore', 'ignore'] : files;
    const { status, stdout } = spawnSync(
      process.execPath,
      [bin, 'ci', ...sub, '--', 'sh', '-c', script],
      {
        cwd: work,
        encoding: 'utf8',
        stdio: [stdin ?? 'pipe', output ?? 'pipe', output ?? 'pipe'] as never,
      },
    );
    return { status, output: streams === 'files' ? readFileSync(log, 'utf8') : (stdout ?? '') };
  } finally {
    for (const file of files) closeSync(file);
  }
}

function failedItems(assertion: string) {
  const file = join(work, 'stracelake-ci', 'verdict.json');
  const { findings } = JSON.parse(readFileSync(file, 'utf8')) as Verdict;
  return findings.find((each) => each.assertion === assertion)?.items ?? [];
}
