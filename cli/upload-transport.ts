import { createReadStream } from 'node:fs';
import { LOGS_PREFIX } from '../lib/lake/keys.ts';
import { WorkError } from './errors.ts';
import type { LogFile } from './log-input.ts';
import { ask, fetchFrom, joinUrl, type Service } from './service-request.ts';

/** A file that lies in the uploads bucket. */
export interface StoredLog {
  key: string;
  /** Entity tag without quotes. */
  etag: string;
  session: string;
  /** Address of the session, where a service has it. */
  url?: string;
}

/** Puts a file under a key; `onBytes` is told of bytes read from it. */
export type Transport = (
  file: LogFile,
  key: string,
  metadata: Readonly<Record<string, string>>,
  onBytes: (count: number) => void,
) => Promise<StoredLog>;

interface Ticket {
  method: string;
  url: string;
  headers: Record<string, string>;
  key: string;
  session: string;
  session_url: string;
}

/** Uploads through `POST /uploads`: the service gives an address that takes exactly this file. */
export function createServiceTransport(service: Service): Transport {
  return async (file, key, metadata, onBytes) => {
    const asked = { ...metadata, name: key.slice(LOGS_PREFIX.length), size_bytes: file.size };
    const answer = await ask(service, '/uploads', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    const ticket = (await answer.json()) as Ticket;
    const etag = await put(file, ticket, onBytes);
    const url = joinUrl(service.url, ticket.session_url);
    return { key: ticket.key, etag, session: ticket.session, url };
  };
}

async function put(
  file: LogFile,
  { method, url, headers }: Ticket,
  onBytes: (count: number) => void,
): Promise<string> {
  const init = {
    method,
    headers: { ...headers, 'content-length': String(file.size) },
    body: readFile(file, onBytes),
    duplex: 'half',
  };
  const answer = await fetchFrom(url, init as unknown as RequestInit);
  const text = await answer.text();
  if (answer.ok) return unquote(answer.headers.get('etag') ?? '');
  const [, message = text.slice(0, 200)] = /<Message>(.*?)<\/Message>/s.exec(text) ?? [];
  throw new WorkError(`upload was refused (${answer.status} ${message}): ${file.path}`);
}

/** Bytes of a file as far as it was long: whoever still writes to it does not spoil the upload. */
async function* readFile(
  { path, size }: LogFile,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { end: size - 1 })) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** An entity tag without its quotes. */
export function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
