import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is recorded: children, a signal, failures, odd names, a directory changed, sockets refused. */
const SCRIPT = `
  cd /tmp && cat /etc/hostname | wc -c >/dev/null
  ls /nonexistent/file ./rel 2>/dev/null
  sleep 5 & kill $!; wait
  (cd / && stat etc/passwd >/dev/null)
  : > "/tmp/odd <name> \\"q\\" ) = 3"; rm "/tmp/odd <name> \\"q\\" ) = 3"
  for i in 1 2 3; do (echo $i >/dev/null) & done; wait
  exec true`;

/** A recorded log: one file, or with -ff one for each thread. */
export interface Recording {
  /** Name of each file, and its bytes. */
  files: { name: string; bytes: Buffer }[];
}

/**
 * Runs a shell under strace with these options and reads what strace wrote: to a file (`-o`), or with
 * `isCaptured` to stderr.
 */
export function recordShell(options: string[], isCaptured = false): Recording {
  const folder = mkdtempSync(join(tmpdir(), 'stracelake-record-'));
  const file = join(folder, 'log');
  try {
    const output = isCaptured ? ['sh', '-c', `exec "$@" 2> ${file}`, 'sh'] : [];
    const target = isCaptured ? [] : ['-o', file];
    const [program, ...rest] = [...output, 'strace', ...options, ...target, 'sh', '-c', SCRIPT];
    execFileSync(program, rest, { stdio: 'ignore' });
    const names = readdirSync(folder).filter((entry) => entry.startsWith('log'));
    return {
      files: names.map((entry) => ({ name: entry, bytes: readFileSync(join(folder, entry)) })),
    };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing) throw new Error('strace is missing: apt-get install strace', { cause: error });
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
