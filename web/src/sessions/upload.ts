import { signal } from '@preact/signals';
import { freshness, toProblem } from '../api/query.ts';
import { askJson, ProblemError } from '../api/service.ts';
import type { Session, Sessions, UploadTicket } from '../api/types.generated.ts';

/** How far the upload of one file is. */
type UploadState =
  | { step: 'waiting' }
  | { step: 'sending'; sent: number }
  | { step: 'reading' }
  | { step: 'ready'; session: string }
  | { step: 'failed'; title: string; detail: string };

/** A log on its way to become a session. */
export interface Upload {
  id: number;
  name: string;
  bytes: number;
  state: UploadState;
}

const AT_ONCE = 3;
const POLL_MS = 1000;
/** A log that nobody has begun to read by then may wait in a queue for long; the list tells. */
const POLLS = 600;

/** Uploads since the page was opened, the newest first. */
export const uploads = signal<readonly Upload[]>([]);

const queue: { upload: Upload; file: File }[] = [];
let running = 0;
let nextId = 1;

/** Uploads files and sees them become sessions, a few at once. */
export function uploadFiles(files: Iterable<File>): void {
  for (const file of files) {
    const upload: Upload = {
      id: nextId++,
      name: file.name,
      bytes: file.size,
      state: { step: 'waiting' },
    };
    uploads.value = [upload, ...uploads.value];
    queue.push({ upload, file });
  }
  while (running < AT_ONCE && queue.length > 0) void runNext();
}

/** Takes what is over out of the list. */
export function clearUploads(): void {
  uploads.value = uploads.value.filter(
    ({ state }) => state.step !== 'ready' && state.step !== 'failed',
  );
}

async function runNext(): Promise<void> {
  const next = queue.shift();
  if (!next) return;
  running++;
  const set = (state: UploadState) => setState(next.upload.id, state);
  try {
    set(await run(next.file, set));
  } catch (error) {
    const { title, message } = toProblem(error);
    set({ step: 'failed', title, detail: message });
  } finally {
    running--;
    freshness.value++;
    void runNext();
  }
}

function setState(id: number, state: UploadState): void {
  uploads.value = uploads.value.map((upload) => (upload.id === id ? { ...upload, state } : upload));
}

async function run(file: File, set: (state: UploadState) => void): Promise<UploadState> {
  if (file.size === 0)
    throw new ProblemError(0, 'The file is empty', 'There is nothing in it to read.');
  set({ step: 'sending', sent: 0 });
  const ticket = await askJson<UploadTicket>('/uploads', {
    method: 'POST',
    body: { name: file.name, size_bytes: file.size },
  });
  const etag = await send(file, ticket, (sent) => set({ step: 'sending', sent }));
  set({ step: 'reading' });
  freshness.value++;
  return await waitForSession(ticket, etag);
}

/** PUTs the file where the ticket says; gives the entity tag that names what was stored. */
function send(file: File, ticket: UploadTicket, onSent: (bytes: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    // fetch tells nothing of how far an upload is.
    const request = new XMLHttpRequest();
    request.open('PUT', ticket.url);
    for (const [name, value] of Object.entries(ticket.headers))
      request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    const fail = (detail: string) =>
      reject(new ProblemError(request.status, 'The log could not be uploaded', detail));
    request.onload = () => {
      if (request.status === 200) resolve(request.getResponseHeader('etag') ?? '');
      else fail(`S3 answered ${request.status}: ${request.responseText.slice(0, 300)}`);
    };
    request.onerror = () =>
      fail('The connection to S3 failed, or its CORS rules refuse this page.');
    request.send(file);
  });
}

async function waitForSession({ session, key }: UploadTicket, etag: string): Promise<UploadState> {
  for (let poll = 0; poll < POLLS; poll++) {
    const manifest = await readManifest(session, key);
    const isThis = manifest?.sources?.some(
      (source) => source?.key === key && (etag === '' || bare(source.etag) === bare(etag)),
    );
    if (manifest && isThis && manifest.status === 'ready') return { step: 'ready', session };
    if (manifest && isThis && manifest.status === 'failed')
      return {
        step: 'failed',
        title: manifest.failure?.title ?? 'The log could not be read',
        detail: manifest.failure?.detail ?? '',
      };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new ProblemError(
    0,
    'Still not read',
    `It will be the session ${session}; look again later.`,
  );
}

/** Manifest of a session whose log is read, or undefined; a list is asked first, for it has no 404. */
async function readManifest(session: string, key: string): Promise<Session | undefined> {
  const query = new URLSearchParams({ key, limit: '1' });
  const { sessions } = await askJson<Sessions>(`/sessions?${query}`);
  if (!sessions.some(({ status }) => status !== 'ingesting')) return undefined;
  return await askJson<Session>(`/sessions/${encodeURIComponent(session)}`);
}

function bare(etag: string | null | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
