/** A row of stracepy's CSV, by column. */
export type CsvRow = Record<string, string>;

/** A way in which our calls.csv differs from stracepy's on purpose. */
export interface Difference {
  name: string;
  /** What stracepy says, and what we say instead. */
  says: string;
  /** True when the rule accounts for the difference in one column of a pair of rows. */
  explains(column: string, theirs: CsvRow, ours: CsvRow): boolean;
}

/** All rules; a difference that none explains is a defect. */
export const differences: readonly Difference[] = [
  {
    name: 'returns-are-values',
    says: 'A hexadecimal or octal return is a number (398680064, 18), not the digits before the x (0, 022).',
    explains: (column, theirs, ours) => {
      if (column !== 'ret_int' && column !== 'ret_str') return false;
      const isHex = theirs.ret_int === '0' && /^x[0-9a-f]+/.test(theirs.ret_str!);
      const [digits] = theirs.ret_str!.split(' ');
      if (isHex && column === 'ret_str') return ours.ret_str === `0${theirs.ret_str}`;
      if (isHex) return ours.ret_int === String(BigInt(`0${digits}`));
      return (
        /^0[0-7]+$/.test(theirs.ret_int!) && ours.ret_int === String(Number(`0o${theirs.ret_int}`))
      );
    },
  },
  {
    name: 'calls-start-when-they-start',
    says: 'A call cut in two has the time of its first line, not of the line on which it was resumed.',
    explains: (column, theirs, ours) =>
      column === 'timestamp' && ours.timestamp! < theirs.timestamp! && ours.syscall_time !== '',
  },
  {
    name: 'directories-are-not-the-file',
    says: 'The file of openat(AT_FDCWD</cwd>, "/x") is /x: the directory of a dirfd is not it, nor among the files.',
    explains: (column, theirs, ours) => {
      const [directory, ...files] = listOf(theirs.all_filepaths!);
      if (!/at2?$/.test(ours.syscall!) || theirs.filepath !== directory) return false;
      if (column === 'filepath') return files.includes(ours.filepath!);
      return column === 'all_filepaths' && isSame(listOf(ours.all_filepaths!), [...new Set(files)]);
    },
  },
  {
    name: 'relative-names-are-joined',
    says: 'The file of openat(AT_FDCWD</cwd>, "x") is /cwd/x; stracepy sees no path in a name without a slash.',
    explains: (column, theirs, ours) => {
      const [directory, ...files] = listOf(theirs.all_filepaths!);
      const isJoined = ours.filepath!.startsWith(`${directory}/`);
      if (!/at2?$/.test(ours.syscall!) || theirs.filepath !== directory || !isJoined) return false;
      if (column === 'filepath') return true;
      const others = [...new Set(files)].filter((file) => file !== ours.filepath);
      return (
        column === 'all_filepaths' &&
        isSame(listOf(ours.all_filepaths!), [ours.filepath!, ...others])
      );
    },
  },
  {
    name: 'arguments-are-not-files',
    says: 'The files of an execve are the program, not what looks like a path in its arguments.',
    explains: (column, theirs, ours) =>
      column === 'all_filepaths' &&
      ours.syscall === 'execve' &&
      isSame(listOf(ours.all_filepaths!), listOf(theirs.all_filepaths!).slice(0, 1)),
  },
  {
    name: 'children-run-their-parents-program',
    says: 'A child has the program of its parent from its first call on, also when vfork, fork or clone3 made it.',
    explains: (column, theirs, ours) =>
      column === 'executable' && theirs.executable === '' && ours.executable !== '',
  },
];

/** Rule for rows that stracepy drops: calls whose line ends without a duration, such as exit_group. */
export const droppedRows = {
  name: 'calls-without-duration-count',
  says: 'A call without -T time is a row as well; stracepy drops the line.',
  explains: (ours: CsvRow) => ours.syscall_time === '',
};

function listOf(text: string): string[] {
  return [...text.matchAll(/'([^']*)'/g)].map((match) => match[1]!);
}

function isSame(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
