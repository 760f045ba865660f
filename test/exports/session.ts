import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CallSource } from '../../lib/exports/call-reader.ts';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { partKey } from '../../lib/lake/keys.ts';
import type { SessionFile, SessionManifest } from '../../lib/lake/manifest.ts';
import { MemoryStore } from '../reports/memory-store.ts';

/** A session whose files are in memory. */
export interface MemorySession {
  source: CallSource;
  manifest: SessionManifest;
}

/** Folder of the tests' logs. */
export const folder = fileURLToPath(new URL('.', import.meta.url));

/** The log of a case, `<case>/log.strace`, as a session of so many files. */
export async function ingestCase(name: string, fileCount = 1): Promise<MemorySession> {
  return await ingestText(readFileSync(`${folder}${name}/log.strace`, 'utf8'), fileCount);
}

/** A log as a session of so many files, each with the rows of the whole log. */
export async function ingestText(text: string, fileCount = 1): Promise<MemorySession> {
  const store = new MemoryStore();
  const files: SessionFile[] = [];
  let manifest = {} as SessionManifest;
  for (let i = 0; i < fileCount; i++) {
    const parts = convertLog(toBytes(text), { session: 'tiny', date: '2026-11-23' });
    let part = await parts.next();
    for (; !part.done; part = await parts.next()) {
      const key = partKey('tiny', files.length, '00000000');
      await store.writeStream('lake', key, part.value.body);
      files.push({ key, rows: part.value.rows, size_bytes: part.value.sizeBytes });
    }
    manifest = {
      version: 1,
      session: 'tiny',
      status: 'ready',
      generation: '00000000',
      sources: [],
      labels: {},
      started_at: '2026-11-23T09:00:00.000Z',
      finished_at: '2026-11-23T09:00:01.000Z',
      date_from: 'log',
      files,
      failure: null,
      ...part.value,
    };
  }
  return { source: { store, bucket: 'lake', files }, manifest };
}

/** All bytes of a stream. */
export async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* toBytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
