import { setTimeout } from 'node:timers/promises';
import { UsageError, WorkError } from './errors.ts';

const WAIT_MS = 15 * 60_000;

/** A service to be asked over HTTP. */
export interface Service {
  url: string;
  /** Headers sent with each request. */
  headers: Record<string, string>;
  /** Signs a request, where the service wants that. */
  sign?(url: string, init: RequestInit): Promise<Request>;
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
    if (answer.status === 202) {
      const { detail } = await readProblem(answer);
      if (Date.now() > deadline) throw new WorkError(`service was not done in time: ${detail}`);
      target = answer.headers.get('location') ?? target;
      await setTimeout(1000 * Number(answer.headers.get('retry-after') ?? 1));
    } else if (answer.ok || isRedirect(answer)) return answer;
    else throw errorOf(answer.status, await readProblem(answer), service);
  }
}

/** Asks for JSON; undefined when there is nothing at the path. */
export async function askJson<T>(
  service: Service,
  path: string,
  init: RequestInit = {},
): Promise<T | undefined> {
  const answer = await request(service, path, init);
  if (answer.status === 404) return undefined;
  if (answer.ok) return (await answer.json()) as T;
  throw errorOf(answer.status, await readProblem(answer), service);
}

/**
 * Bytes of a file that the service makes. Its store gets none of our headers: it is another one, and
 * the address it is asked at says all it wants to know.
 */
export async function download(
  service: Service,
  path: string,
): Promise<ReadableStream<Uint8Array>> {
  const answer = await ask(service, path, { redirect: 'manual' });
  const location = answer.headers.get('location');
  const file = isRedirect(answer) && location ? await fetchFrom(location) : answer;
  if (file.ok && file.body) return file.body;
  throw new WorkError(`file could not be downloaded (${file.status}): ${new URL(file.url).origin}`);
}

/** Fetches without any service's headers; throws WorkError when the host is not reached. */
export async function fetchFrom(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new WorkError(`not reached (${why}; is it running?): ${new URL(url).origin}`);
  }
}

interface Problem {
  title?: string;
  detail?: string;
  message?: string;
}

async function readProblem(answer: Response): Promise<Problem> {
  return ((await answer.json().catch(() => undefined)) ?? {}) as Problem;
}

function errorOf(status: number, problem: Problem, { url }: Service): Error {
  const text = problem.detail ?? problem.message ?? `service answered ${status}: ${url}`;
  if (status === 401 || status === 403)
    return new WorkError(
      `${text} (not let in: set STRACELAKE_TOKEN to a token, or have AWS credentials and --sign REGION)`,
    );
  return status === 400 ? new UsageError(text) : new WorkError(text);
}

async function request(service: Service, path: string, init: RequestInit): Promise<Response> {
  const target = joinUrl(service.url, path);
  const whole = { ...init, headers: { ...service.headers, ...init.headers } };
  const signed = await service.sign?.(target, whole);
  try {
    return await (signed ? fetch(signed) : fetch(target, whole));
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new WorkError(`service not reached (${why}; is it running?): ${service.url}`);
  }
}

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status < 400;
}

/** A path of the service as a URL: it may live below a stage, which links to further pages repeat. */
export function joinUrl(url: string, path: string): string {
  const { origin, pathname } = new URL(url);
  const stage = pathname.replace(/\/$/, '');
  return path.startsWith(`${stage}/`) ? origin + path : origin + stage + path;
}
