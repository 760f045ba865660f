import { setTimeout } from 'node:timers/promises';
import type { SessionManifest } from '../lib/lake/manifest.ts';
import { sessionIdOf } from '../lib/lake/session-id.ts';
import { WorkError } from './errors.ts';
import { askJson, type Service } from './service-request.ts';
import type { Terminal } from './terminal.ts';
import type { StoredLog } from './upload-transport.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** What became of an upload. */
export interface SettledUpload {
  session: string;
  status: 'ready' | 'failed';
  lines: number | null;
  rows: number | null;
  failure: SessionManifest['failure'];
}

/** Waits until these very objects are a session, or cannot be one; throws WorkError when time is up. */
export async function waitForSession(
  service: Service,
  stored: readonly StoredLog[],
  { seconds, failedBefore }: { seconds: number; failedBefore?: string },
  terminal: Terminal,
): Promise<SettledUpload> {
  const [{ key, session }] = stored;
  // A log that may not have the name it asks for fails under the one its key gives.
  const names = [...new Set([session, sessionIdOf(key)])];
  const deadline = Date.now() + seconds * 1000;
  const { stderr } = terminal.streams;
  try {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      for (const name of names) {
        const manifest = await readManifest(service, name);
        if (!manifest || !isSettled(manifest, stored)) continue;
        const isOther = name !== session;
        if (isOther && (manifest.status !== 'failed' || manifest.started_at === failedBefore))
          continue;
        return settled(manifest);
      }
      const left = deadline - Date.now();
      if (left <= 0)
        throw new WorkError(
          `session was not ready after ${seconds} s (it may be later): ${session}`,
        );
      if (stderr.isTTY) stderr.write(`\r\x1b[Kingesting ${session} ...`);
      await setTimeout(Math.min(pause, left));
    }
  } finally {
    if (stderr.isTTY) stderr.write('\r\x1b[K');
  }
}

/** When the session that a key names by itself was last begun; to be asked before an upload. */
export async function beginningOf(service: Service, key: string): Promise<string | undefined> {
  return (await readManifest(service, sessionIdOf(key)))?.started_at;
}

async function readManifest(service: Service, session: string) {
  return await askJson<SessionManifest>(service, `/sessions/${encodeURIComponent(session)}`);
}

/** An earlier log of the same name may have been ready all along. */
function isSettled({ status, sources }: SessionManifest, stored: readonly StoredLog[]): boolean {
  const isOf = ({ key, etag }: StoredLog) =>
    sources.some((source) => source.key === key && source.etag === etag);
  return status !== 'ingesting' && stored.every(isOf);
}

function settled({ session, status, lines, rows, failure }: SessionManifest): SettledUpload {
  const isReady = status === 'ready';
  return {
    session,
    status: isReady ? 'ready' : 'failed',
    lines: lines ?? null,
    rows: rows ?? null,
    failure: isReady ? null : failure,
  };
}
