import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTable } from '../strace/strace-table.ts';
import { programFile, type Row, runTool, trace } from './traced-program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'stracelake-record-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('fd_lifetimes leaves open at the exit what /proc and lsof list before it', async () => {
  let listed: string[] = [];
  let owner = 0;
  const { ask } = await trace(folder, ['python3', programFile('descriptors.py'), folder], (pid) => {
    owner = pid;
    listed = listDescriptors(pid);
  });
  const rows = await ask('fd_lifetimes', { process: String(owner) });
  const open = rows
    .filter((row) => row.closed_by === 'exit' && Number(row.fd) > 2)
    .map(describeOpen);
  expect(open.sort()).toEqual(listed.sort());
  expect(listed.length).toBeGreaterThan(12);

  const leaks = await ask('fd_leaks', { process: String(owner) });
  const leaked = leaks.reduce((sum, row) => sum + Number(row.open_at_end), 0);
  expect(leaked).toBe(listed.length);
});

it('connections has the ends that the program and ss tell, with their bytes', async () => {
  let listed: string[] = [];
  let owner = 0;
  const { ask, lines } = await trace(folder, ['python3', programFile('connections.py')], (pid) => {
    owner = pid;
    listed = listConnections(pid);
  });
  const rows = (await ask('connections')).filter((row) => row.process === owner);
  const ends = rows.map((row) => `${row.local_address} ${row.remote_address}`);
  expect(ends.sort()).toEqual(lines.sort());
  const withBytes = rows.map(
    (row) => `${row.local_address} ${row.remote_address} in ${row.bytes_in} out ${row.bytes_out}`,
  );
  expect(withBytes.sort()).toEqual(listed.sort());
  expect(listed.length).toBe(8);
});

it('process_table has the exit statuses of bash, and its order of real time', async () => {
  const script = join(folder, 'processes.sh');
  writeFileSync(script, readFileSync(programFile('processes.sh')));
  const { ask, lines } = await trace(folder, ['bash', script]);
  const told = lines.map((line) => line.split(' ').map(Number));
  expect(told.map(([, status]) => status)).toEqual([0, 42, 0, 143, 1, 3]);
  const processes = new Map((await ask('process_table')).map((row) => [row.pid, row]));
  expect(told.map(([pid]) => shellStatus(processes.get(pid!)!))).toEqual(
    told.map(([, status]) => status),
  );
  const slept = told.filter(([, , seconds]) => seconds! >= 0.2);
  const byBash = slept.toSorted((a, b) => a[2]! - b[2]!).map(([pid]) => pid);
  const elapsed = (pid: number) => Number(processes.get(pid)!.elapsed_ms);
  expect(slept.map(([pid]) => pid!).toSorted((a, b) => elapsed(a) - elapsed(b))).toEqual(byBash);
  expect(byBash.length).toBe(3);
});

it('build_io has the inputs of a compiler that gcc -M lists', async () => {
  const source = join(folder, 'main.c');
  writeFileSync(join(folder, 'own.h'), '#include <stdlib.h>\n');
  writeFileSync(source, '#include "own.h"\n#include <stdio.h>\nint main() { puts(""); }\n');
  const rule = runTool('gcc', ['-M', source], 'apt-get install gcc');
  const listed = rule
    .replace(/^.*?:/, '')
    .split(/[\s\\]+/)
    .filter((name) => name !== '');
  const object = join(folder, 'main.o');
  const { ask } = await trace(folder, ['gcc', '-c', source, '-o', object]);
  const inputs = (await ask('build_io', { executable: 'cc1', role: 'input' }))
    .map((row) => String(row.path))
    .filter((path) => /\.[ch]$/.test(path));
  expect(inputs.sort()).toEqual(
    [...new Set(listed.map((name) => realpathSync(resolve(name))))].sort(),
  );
  const outputs = await ask('build_io', { role: 'output' });
  expect(outputs.map((row) => row.path)).toEqual([object]);
});

it("syscall_stats has the calls, errors and seconds of strace's own table", async () => {
  const options = ['-f', '-ttt', '-C', '-w', '--syscall-times=ns'];
  const command = ['sh', '-c', 'ls /etc /none | grep -c a; (exit 3) & wait $!'];
  const { ask } = await trace(folder, command, undefined, options);
  const table = readTable(readFileSync(join(folder, 'log.strace')));
  const rows = (await ask('syscall_stats')).filter((row) => Number(row.calls) > 0);
  expect(rows.map(({ syscall, calls, errors }) => [syscall, calls, errors]).sort()).toEqual(
    [...table].map(([syscall, { calls, errors }]) => [syscall, calls, errors || 0]).sort(),
  );
  for (const { syscall, total_us } of rows) {
    const { seconds } = table.get(String(syscall))!;
    expect(Math.abs(Number(total_us) / 1e6 - seconds), String(syscall)).toBeLessThan(6e-7);
  }
});

/** Descriptors of a process above 2, each with what it refers to; of sockets the addresses that lsof tells. */
function listDescriptors(pid: number): string[] {
  const output = runTool('lsof', ['-nP', '-p', String(pid), '-Ffn'], 'apt-get install lsof');
  const named = new Map(
    [...output.matchAll(/^f(\d+)\nn(.*)$/gm)].map(([, fd, name]) => [fd, name!]),
  );
  const all = readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) > 2);
  expect([...named.keys()].filter((fd) => Number(fd) > 2).sort()).toEqual(all.sort());
  return all.map((fd) => {
    const link = readlinkSync(`/proc/${pid}/fd/${fd}`);
    const kind = /^(?:anon_inode:\[)?\/?(\w+)(?:\]$|:)/.exec(link)?.[1];
    const address = /^[\d.]+:\d+(?:->\S+)?/.exec(named.get(fd)!)?.[0];
    return `${fd} ${address ?? kind ?? link}`;
  });
}

function describeOpen({ fd, fd_kind, target }: Row): string {
  const address = /^TCP ([\d.]+:\d+.*)$/.exec(String(target))?.[1];
  return `${fd} ${address ?? (fd_kind === 'file' ? target : fd_kind)}`;
}

/** TCP connections of a process, both ends of each, with the bytes the kernel counts. */
function listConnections(pid: number): string[] {
  const output = runTool('ss', ['-tnpiOH', 'state', 'established'], 'apt-get install iproute2');
  const own = output.split('\n').filter((line) => line.includes(`pid=${pid},`));
  return own.map((line) => {
    const [, , local, peer] = line.trim().split(/\s+/);
    const count = (name: string) => new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1] ?? '0';
    return `${local} ${peer} in ${count('bytes_received')} out ${count('bytes_sent')}`;
  });
}

/** Exit status as a shell has it: 128 and the number of the signal for what a signal killed. */
function shellStatus({ exit_status, signal }: Row): number {
  if (signal === null) return Number(exit_status);
  return 128 + constants.signals[signal as NodeJS.Signals];
}
