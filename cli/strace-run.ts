import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { WorkError } from './errors.ts';

/** What a recording is to hold. */
export interface RecordingWish {
  pid?: number;
  /** Calls to print, as `strace -e trace=` takes them; undefined for all. */
  trace?: string;
  /** Bytes. */
  stringLimit: number;
  stacks?: boolean;
}

/** The strace of this machine. */
export interface Strace {
  version: string;
  /** What it takes, as its help tells: builds differ in more than their version. */
  help: string;
}

const INSTALL =
  'apt-get install strace (Debian, Ubuntu), dnf install strace (Fedora, RHEL), apk add strace (Alpine)';

/** Looks at the strace of this machine; throws WorkError that says how to install one. */
export function inspectStrace(): Strace {
  if (process.platform !== 'linux')
    throw new WorkError(
      `strace records on Linux only, and its logs are read anywhere; this is ${process.platform}`,
    );
  const [version, help] = ['-V', '-h'].map((option) => {
    const { error, stdout, stderr } = spawnSync('strace', [option], { encoding: 'utf8' });
    if (error) throw new WorkError(`strace is missing: ${INSTALL}`);
    return `${stdout}${stderr}`;
  });
  return { version: /version (\S+)/.exec(version)?.[1] ?? 'unknown', help };
}

/** Arguments of strace: all that makes reports tell more, as far as this strace takes it. */
export function straceArguments(
  { pid, trace, stringLimit, stacks }: RecordingWish,
  { help }: Strace,
  log: string,
  command: readonly string[],
): string[] {
  const takes = (option: string) => new RegExp(`(^|[\\s,[])${option}\\b`, 'm').test(help);
  const usage = /\[?-([A-Za-z]{6,})\]/.exec(help)?.[1] ?? '';
  return [
    '-f',
    '-ttt',
    '-T',
    takes('-yy') || usage.includes('yy') ? '-yy' : '-y',
    ...(takes('-Y') ? ['-Y'] : []),
    ...(stacks ? ['-k'] : []),
    '-s',
    String(stringLimit),
    ...(trace === undefined ? [] : ['-e', `trace=${trace}`]),
    // Calls that are not asked for then do not stop the command at all.
    ...(trace !== undefined && pid === undefined && takes('--seccomp-bpf')
      ? ['--seccomp-bpf']
      : []),
    '-o',
    log,
    ...(pid === undefined ? ['--', ...command] : ['-p', String(pid)]),
  ];
}

/**
 * Runs strace to its end; gives the exit code of its command (128 + n when signal n killed it). A command
 * gets the signals that we get; a process that is only watched is left alone.
 */
export async function runStrace(args: readonly string[], hasCommand: boolean): Promise<number> {
  const child = spawn('strace', args, { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals) =>
    hasCommand ? signalChildren(child.pid, signal) : child.kill(signal);
  // Ctrl-C reaches strace and the command by themselves, as all that runs in the terminal.
  const ignore = () => undefined;
  const listeners: [NodeJS.Signals, (signal: NodeJS.Signals) => void][] = [
    ['SIGINT', process.stdin.isTTY ? ignore : pass],
    ['SIGTERM', pass],
    ['SIGHUP', pass],
  ];
  for (const [signal, listener] of listeners) process.on(signal, listener);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
    });
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  }
}

/** strace blocks signals while it writes to a file; its child, the command, decides what they mean. */
function signalChildren(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    for (const child of children.split(' ')) process.kill(Number(child), signal);
  } catch {
    // It has ended already.
  }
}
