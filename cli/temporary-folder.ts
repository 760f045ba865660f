import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs some work with a folder that is gone afterwards, however the process ends (but for kill -9).
 * SIGINT and SIGTERM end the process, unless the work `handlesSignals` itself.
 */
export async function withTemporaryFolder<T>(
  work: (folder: string) => Promise<T>,
  { handlesSignals = false } = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'stracelake-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const end = (signal: NodeJS.Signals) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.once('exit', remove);
  if (!handlesSignals) {
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  }
  try {
    return await work(folder);
  } finally {
    process.off('exit', remove);
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    await rm(folder, { recursive: true, force: true });
  }
}
