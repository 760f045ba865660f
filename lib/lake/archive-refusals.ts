import { LogRefusedError } from './errors.ts';
import type { ArchiveContents } from './manifest.ts';

/** The refusal of an archive that is cut off or no tar after all. */
export function damagedArchive(error: unknown): LogRefusedError {
  const text = error instanceof Error ? error.message : String(error);
  return new LogRefusedError(
    'damaged archive',
    `The tar archive is cut off or damaged (${text}). Make it again and upload it under the same name.`,
    { cause: error },
  );
}

/** The refusal of an archive with more than one log, of which nobody can tell the session. */
export function severalLogs(first: string, second: string): LogRefusedError {
  return new LogRefusedError(
    'several logs in one archive',
    `The archive holds ${first} and ${second}. An archive is one session: one log, or the files ` +
      'NAME.PID of one -ff run. Upload the others by themselves.',
  );
}

/** The refusal of an archive without a log in it. */
export function noLogInside(contents: ArchiveContents): LogRefusedError {
  const names = contents.ignored_names.join(', ') || '(nothing)';
  return new LogRefusedError(
    'not an strace log',
    `None of the ${contents.files} files in the archive is strace output: ${names}. ` +
      'Record with: strace -ff -ttt -T -y -yy -s 2048 -o run your-command, and upload a tar of run.*.',
  );
}

/** The refusal of an archive with so many files that it cannot be meant. */
export function tooManyFiles(limit: number): LogRefusedError {
  return new LogRefusedError(
    'too many files in the archive',
    `The archive holds more than ${limit} files. Pack the log alone.`,
  );
}

/** The refusal of xz inside of xz: the decoder serves one stream at a time. */
export function xzInXz(): LogRefusedError {
  return new LogRefusedError(
    'xz files in an xz archive',
    'The archive and the files in it are compressed with xz. Pack the files as they are: tar cJf.',
  );
}
