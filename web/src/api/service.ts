import { bearerToken, dropToken } from './sign-in.ts';
import type { Pending, Problem } from './types.generated.ts';

/** An answer that is not what was asked for: what went wrong, in words for the reader. */
export class ProblemError extends Error {
  readonly status: number;
  readonly title: string;
  /** Name of the parameter that cannot be used, if it is one. */
  readonly parameter: string | undefined;

  constructor(status: number, title: string, detail: string, parameter?: string) {
    super(detail);
    this.name = 'ProblemError';
    this.status = status;
    this.title = title;
    this.parameter = parameter;
  }
}

/** How to ask; `onWait` is told why an answer takes long. */
export interface AskOptions {
  signal?: AbortSignal;
  method?: 'GET' | 'POST';
  body?: unknown;
  onWait?(detail: string): void;
}

const DEFAULT_RETRY_SECONDS = 2;

/** Asks the service and waits while it says that the answer is not there yet; throws ProblemError. */
export async function ask(path: string, options: AskOptions = {}): Promise<Response> {
  for (;;) {
    const response = await send(path, options);
    if (response.status !== 202) {
      if (response.ok) return response;
      if (response.status === 401) dropToken();
      throw await problemOf(response);
    }
    const pending = (await response.json()) as Pending;
    options.onWait?.(pending.detail);
    const seconds = Number(response.headers.get('retry-after') ?? DEFAULT_RETRY_SECONDS);
    await pause(seconds * 1000, options.signal);
  }
}

/** Asks for JSON; whole numbers that a number cannot hold exactly come as texts. */
export async function askJson<T>(path: string, options: AskOptions = {}): Promise<T> {
  const response = await ask(path, options);
  return parseExactly(await response.text()) as T;
}

async function send(path: string, { signal, method, body }: AskOptions): Promise<Response> {
  const token = await bearerToken();
  try {
    return await fetch(path, {
      method: method ?? 'GET',
      signal,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError(
      0,
      'The service is not reached',
      'Is it running? Try again in a moment.',
    );
  }
}

async function problemOf(response: Response): Promise<ProblemError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const { title = `Status ${response.status}`, detail = response.statusText, parameter } = problem;
  return new ProblemError(response.status, title, detail, parameter);
}

type Reviver = (key: string, value: unknown, context?: { source: string }) => unknown;

/** The third argument, the number as it was written, is newer than the type that TypeScript has. */
const keepDigits: Reviver = (_, value, context) =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? (context?.source ?? value)
    : value;

function parseExactly(text: string): unknown {
  // Most answers have no such number, and a reviver takes time.
  return /[:,]-?\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
