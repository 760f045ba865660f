import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main, runNode } from '../cli/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'stracelake-test-'));
const command = join(folder, 'stracelake');
beforeAll(() => {
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'a.log'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

function print(program: string, args: string[], input = ''): string {
  const env = { ...process.env, HOME: folder, PATH: `${folder}:${process.env.PATH}` };
  const { error, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env,
    input,
    encoding: 'utf8',
  });
  if (error) throw new Error(`${program} is missing: apt-get install ${program}`);
  expect(stderr).toBe('');
  return stdout;
}

test('fish completes', () => {
  const script = `
    stracelake completion fish | source
    complete -C 'stracelake conv'; echo .
    complete -C 'stracelake report a.log wasted'; echo .
    complete -C 'stracelake export a.log a'; echo .
    complete -C 'stracelake tree a.'`;
  expect(print('fish', ['-N', '-c', script]).split('\n.\n')).toEqual([
    expect.stringMatching(/^convert\tturn a log/),
    'wasted_lookups\tSearches for files',
    'arrow',
    'a.log\n',
  ]);
});

test('zsh completes', () => {
  // What the script gives to zsh's own functions.
  const script = `
    compdef() { print compdef $* }
    _describe() { print -l -- \${(P)2} }
    _files() { print files }
    source <(stracelake completion zsh)
    try() { words=(stracelake "$@"); CURRENT=$#words; _stracelake }
    try conv; try report a.log wasted; try export a.log a; try tree ''`;
  expect(print('zsh', ['-f', '-c', script]).split('\n')).toEqual([
    'compdef _stracelake stracelake',
    expect.stringMatching(/^convert:turn a log/),
    'wasted_lookups:Searches for files',
    'arrow:',
    'files',
    '',
  ]);
});

test('mandoc finds nothing wrong with the manual page', async () => {
  const { stdout } = await runNode(folder, [main, 'man']);
  expect(print('mandoc', ['-T', 'lint'], stdout)).toBe('');
});
