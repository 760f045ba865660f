import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SqlRefusedError } from './errors.ts';
import type { SqlFailure, SqlJob, SqlOutcome } from './sql-job.ts';
import { openSandbox, runSql } from './sql-sandbox.ts';

const BYTES_A_MB = 1 << 20;

// Runs one query and ends: a process of its own can be stopped at any moment, whatever it is doing.
const processMb = Number(process.argv[2]);
const isWatched = watchMemory();
process.once('disconnect', () => process.exit(0));
process.once('message', (job: SqlJob) => {
  answer(job).then((outcome) => process.send!(outcome, () => process.exit(0)));
});

async function answer(job: SqlJob): Promise<SqlOutcome> {
  try {
    await isWatched;
    process.chdir(job.folder);
    return { result: await runSql(await openSandbox(job), job) };
  } catch (error) {
    return { failure: failureOf(error as Error, job) };
  }
}

/** The engine's own limit leaves out much, such as the text that repeat() makes. */
async function watchMemory(): Promise<void> {
  const watch = new Worker(new URL('./sql-memory-watch.ts', import.meta.url), {
    workerData: processMb * BYTES_A_MB,
  });
  await once(watch, 'online');
}

function failureOf({ name, message }: Error, { engineMb }: SqlJob): SqlFailure {
  const text = message.replace(/^([A-Z][A-Za-z ]+ Error): /, '');
  if (name === SqlRefusedError.name) return { kind: 'refused', message };
  if (/^Permission Error/.test(message)) return { kind: 'refused', message: text };
  if (/^Out of Memory Error/.test(message))
    return { kind: 'limit', message: `The query took more than ${engineMb} MB of memory.` };
  if (/^IO Error/.test(message)) return { kind: 'gone', message: text };
  if (/^(Internal|Fatal|Serialization) Error/i.test(message)) return { kind: 'broken', message };
  return { kind: 'invalid', message: text };
}
