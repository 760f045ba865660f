import { existsSync } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compressFile } from './compressed-file.ts';
import { CommandEndedError, UsageError, WorkError } from './errors.ts';
import { jsonLine } from './json-text.ts';
import { findProgram } from './program-path.ts';
import { inspectStrace, type RecordingWish, runStrace, straceArguments } from './strace-run.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import type { Terminal } from './terminal.ts';
import { type UploadOptions, type UploadResult, uploadLogs } from './upload.ts';

interface RecordOptions extends UploadOptions, RecordingWish {
  out?: string;
  upload?: boolean;
}

const NOT_FOUND = 127;

/** Runs a command under strace, keeps or uploads the log, and ends as the command ended. */
export async function record(
  command: readonly string[],
  options: RecordOptions,
  terminal: Terminal,
): Promise<void> {
  const { pid, upload: isUploaded, out } = options;
  if (command.length > 0 === (pid !== undefined))
    throw new UsageError('give a command after --, such as stracelake record -- ls, or --pid');
  const strace = inspectStrace();
  if (pid === undefined && !findProgram(command[0], terminal.streams.env.PATH)) {
    terminal.note(`stracelake: command not found or not executable: ${command[0]}`);
    throw new CommandEndedError(NOT_FOUND);
  }
  const name = pid === undefined ? basename(command[0]) : `pid-${pid}`;
  const work = async (folder: string) => {
    const isKept = !isUploaded || out !== undefined;
    const log = isKept ? (out ?? freeName(name)) : join(folder, `${name}-${timestamp()}.log`);
    const plain = /\.(gz|zst)$/.test(log) ? join(folder, 'log') : log;
    const args = straceArguments(options, strace, plain, command);
    const ended = await runStrace(args, pid === undefined);
    await requireLog(plain, ended);
    if (plain !== log) await compressFile(plain, log);
    const uploads = isUploaded ? await uploadOrKeep(log, isKept, options, terminal) : [];
    const { size } = await stat(log);
    const result = { log: isKept ? log : null, size_bytes: size, exit_code: ended, uploads };
    if (options.json)
      terminal.streams.stderr.write(jsonLine({ ...result, strace: strace.version }));
    else tell(result, terminal);
    return ended === 0 && uploads.some(({ status }) => status === 'failed') ? 1 : ended;
  };
  const exitCode = await withTemporaryFolder(work, { handlesSignals: true });
  if (exitCode !== 0) throw new CommandEndedError(exitCode);
}

/** Uploads the log; one that was not uploaded is kept, for it may be hard to come by. */
async function uploadOrKeep(
  log: string,
  isKept: boolean,
  options: UploadOptions,
  terminal: Terminal,
): Promise<UploadResult[]> {
  try {
    return await uploadLogs([log], { ...options, wait: true }, terminal);
  } catch (error) {
    const kept = isKept ? log : freeName(basename(log, '.log'));
    if (!isKept) await copyFile(log, kept);
    terminal.note(`not uploaded, kept: ${kept}`);
    throw error;
  }
}

interface Recorded {
  log: string | null;
  size_bytes: number;
  uploads: readonly UploadResult[];
}

function tell({ log, size_bytes: size, uploads }: Recorded, terminal: Terminal): void {
  if (log !== null) terminal.note(`recorded ${log} (${size} bytes); see: stracelake report ${log}`);
  for (const { url, status } of uploads) {
    if (status === 'ready' && url) terminal.note(url);
  }
}

/** A name for the log in this folder that no file has. */
function freeName(name: string): string {
  let file = `${name}.log`;
  for (let number = 2; existsSync(file); number++) file = `${name}-${number}.log`;
  return file;
}

function timestamp(): string {
  return new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}

async function requireLog(file: string, exitCode: number): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found && found.size > 0) return;
  throw new WorkError(
    `strace wrote no log and ended with ${exitCode}; when it says "Operation not permitted", let it trace: ` +
      'docker run --cap-add SYS_PTRACE, or sysctl kernel.yama.ptrace_scope=1 (0 for --pid)',
  );
}
