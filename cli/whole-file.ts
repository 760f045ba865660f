import { rename, rm } from 'node:fs/promises';
import { WorkError } from './errors.ts';

/** Has a file written under another name first, so that it is there whole or not at all. */
export async function writeWhole(
  file: string,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    await write(partial);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof WorkError) throw error;
    throw new WorkError(`file could not be written (${(error as Error).message}): ${file}`);
  }
}
