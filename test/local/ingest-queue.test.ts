import { describe, expect, it } from 'vitest';
import { IngestQueue } from '../../local/ingest-queue.ts';

const upload = (key: string) => ({ bucket: 'uploads', key: `logs/${key}` });

/** A queue whose runs end when the test says so. */
function controlledQueue(concurrency: number) {
  const runs: { key: string; attempt: number; end(isDone: boolean): void }[] = [];
  const queue = new IngestQueue({
    concurrency,
    tries: 3,
    retryMs: 0,
    settleMs: ({ key }) => (key.includes('slow') ? 20 : 0),
    run: ({ key }, attempt) =>
      new Promise((end) => runs.push({ key: key.slice('logs/'.length), attempt, end })),
  });
  const started = () => runs.map(({ key, attempt }) => `${key}#${attempt}`);
  const until = async (count: number) => {
    while (runs.length < count) await new Promise(setImmediate);
  };
  return { queue, runs, started, until };
}

describe('IngestQueue', () => {
  it('runs at most so many at one time', async () => {
    const { queue, runs, started, until } = controlledQueue(2);
    for (const key of ['a.log', 'b.log', 'c.log']) queue.add(upload(key));
    expect(started()).toEqual(['a.log#1', 'b.log#1']);
    runs[1].end(true);
    await until(3);
    expect(started()).toEqual(['a.log#1', 'b.log#1', 'c.log#1']);
    runs[0].end(true);
    runs[2].end(true);
    await queue.idle();
  });

  it('runs a session again that is uploaded to while it runs, once', async () => {
    const { queue, runs, started, until } = controlledQueue(2);
    queue.add(upload('t.1'));
    queue.add(upload('t.2'));
    queue.add(upload('t.3'));
    expect(started()).toEqual(['t.1#1']);
    runs[0].end(true);
    await until(2);
    runs[1].end(true);
    await queue.idle();
    expect(runs).toHaveLength(2);
  });

  it('queues an upload once that waits already', async () => {
    const { queue, runs, until } = controlledQueue(1);
    for (const key of ['a.log', 'b.log', 'b.log', 'b.log']) queue.add(upload(key));
    runs[0].end(true);
    await until(2);
    runs[1].end(true);
    await queue.idle();
    expect(runs).toHaveLength(2);
  });

  it('waits for more of a session that comes in pieces, and is not idle meanwhile', async () => {
    const { queue, runs, started, until } = controlledQueue(2);
    for (const pid of [1, 2, 3]) queue.add(upload(`slow.${pid}`));
    expect(started()).toEqual([]);
    const idle = queue.idle();
    await until(1);
    expect(started()).toEqual(['slow.3#1']);
    runs[0].end(true);
    await idle;
    expect(runs).toHaveLength(1);
  });

  it('tries three times', async () => {
    const { queue, runs, started, until } = controlledQueue(1);
    queue.add(upload('a.log'));
    for (let i = 0; i < 3; i++) {
      await until(i + 1);
      runs[i].end(false);
    }
    await queue.idle();
    expect(started()).toEqual(['a.log#1', 'a.log#2', 'a.log#3']);
  });

  it('is idle for those who waited before more was added', async () => {
    const { queue, runs, until } = controlledQueue(1);
    await queue.idle();
    queue.add(upload('a.log'));
    const idle = queue.idle();
    queue.add(upload('a.log'));
    runs[0].end(true);
    await until(2);
    runs[1].end(true);
    await idle;
  });

  it('starts nothing after it is closed', async () => {
    const { queue, runs } = controlledQueue(1);
    queue.add(upload('a.log'));
    queue.add(upload('b.log'));
    queue.close();
    queue.add(upload('c.log'));
    runs[0].end(false);
    await queue.idle();
    expect(runs).toHaveLength(1);
  });
});
