import { setTimeout } from 'node:timers/promises';
import { UsageError, WorkError } from './errors.ts';

const WAIT_MS = 15 * 60_000;

/** A service to be asked over HTTP. */
export interface Service {
  url: string;
  /** Headers sent with each request. */
  headers: Record<string, string>;
}

/** Asks for what is at a path, waits while it is made, and gives the answer; throws what it says is wrong. */
export async function ask(
  service: Service,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const deadline = Date.now() + WAIT_MS;
  let target = path;
  for (;;) {
    const answer = await request(service, target, init);
    if (answer.status === 200) return answer;
    const problem = (await answer.json().catch(() => ({}))) as Problem;
    if (answer.status !== 202) throw errorOf(answer.status, problem, service);
    if (Date.now() > deadline)
      throw new WorkError(`service was not done in time: ${problem.detail}`);
    target = answer.headers.get('location') ?? target;
    await setTimeout(1000 * Number(answer.headers.get('retry-after') ?? 1));
  }
}

interface Problem {
  title?: string;
  detail?: string;
  message?: string;
}

function errorOf(status: number, problem: Problem, { url }: Service): Error {
  const text = problem.detail ?? problem.message ?? `service answered ${status}: ${url}`;
  return status === 400 ? new UsageError(text) : new WorkError(text);
}

async function request(
  { url, headers }: Service,
  path: string,
  init: RequestInit,
): Promise<Response> {
  try {
    return await fetch(joinUrl(url, path), { ...init, headers: { ...headers, ...init.headers } });
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new WorkError(`service not reached (${why}; is it running?): ${url}`);
  }
}

/** A service may live below a stage, which links to further pages repeat. */
function joinUrl(url: string, path: string): string {
  const { origin, pathname } = new URL(url);
  const stage = pathname.replace(/\/$/, '');
  return path.startsWith(`${stage}/`) ? origin + path : origin + stage + path;
}
