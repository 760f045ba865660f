import { workerData } from 'node:worker_threads';

const WATCH_MS = 10;

// In a thread of its own: the engine computes constants where JavaScript runs, and memory fills fast.
const limitBytes = workerData as number;
setInterval(() => {
  if (process.memoryUsage.rss() > limitBytes) process.kill(process.pid, 'SIGKILL');
}, WATCH_MS);
