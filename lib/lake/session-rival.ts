import { LogRefusedError } from './errors.ts';
import type { SessionManifest } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';
import { sessionIdOf } from './session-id.ts';
import { findSources, type SessionSources, sessionOf } from './session-sources.ts';

/** Another log in the same session, which only a name given in metadata can bring about. */
export interface Rival {
  sources: SessionSources;
  /** Whether the session is the rival's to keep. */
  prevails: boolean;
}

/**
 * Looks whether the session `known` was made from another log that still claims it. The log whose
 * key gives the session its name prevails; between two named by metadata, the one that came first.
 */
export async function findRival(
  store: ObjectStore,
  sources: SessionSources,
  known: SessionManifest | undefined,
): Promise<Rival | undefined> {
  const session = sessionOf(sources);
  const foreign = known?.sources.find(
    (source) => sessionIdOf(source.key) !== sources.derivedSession,
  );
  if (!foreign) return undefined;
  const rival = await findSources(store, foreign.bucket, foreign.key);
  if (!rival || sessionOf(rival) !== session) return undefined;
  return { sources: rival, prevails: sources.derivedSession !== session };
}

/** The refusal of a log whose name belongs to another. */
export function nameTaken(session: string, owner: SessionSources): LogRefusedError {
  return new LogRefusedError(
    'session name taken',
    `The session "${session}" is made from ${owner.heads[0].key}. ` +
      'Upload the log again with another name in its metadata "session", or with none.',
  );
}
