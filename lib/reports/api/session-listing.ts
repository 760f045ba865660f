import type { SessionManifest } from '../../lake/manifest.ts';
import { listManifestHeads, type ManifestHead, readManifests } from '../../lake/manifests.ts';
import type { ReportDeps } from './deps.ts';

/** Manifests that are read before it is known how many of them pass. */
const READ_AHEAD = 96;

/** Where a session stands in the order of the list: last written first, then last begun. */
export interface ListPlace {
  /** Milliseconds since 1970. */
  written: number;
  started_at: string;
  session: string;
}

/** What is wanted of the list. */
interface ListRequest {
  /** What the ids begin with. */
  prefix: string;
  /** Only sessions behind this one. */
  after: ListPlace | undefined;
  /** Sessions at most. */
  limit: number;
  passes(manifest: SessionManifest): boolean;
}

/** Some sessions of the list. */
interface ListPage {
  sessions: SessionManifest[];
  /** Place of the last of them when there are more. */
  last: ListPlace | undefined;
}

/**
 * Lists sessions, the newest ingest first. What was written when is told by the listing of the bucket,
 * so that no more manifests are read than it takes to fill the page.
 */
export async function listSessions(deps: ReportDeps, request: ListRequest): Promise<ListPage> {
  const { prefix, after, limit, passes } = request;
  const heads = (await listManifestHeads(deps.store, deps.lakeBucket, prefix))
    .filter(({ written }) => after === undefined || written <= after.written)
    .sort((a, b) => b.written - a.written);
  const found: { place: ListPlace; manifest: SessionManifest }[] = [];
  for (let from = 0; from < heads.length && found.length <= limit; ) {
    const to = endOfSecond(heads, from + Math.max(limit, READ_AHEAD));
    const batch = heads.slice(from, to);
    const written = new Map(batch.map((head) => [head.session, head.written]));
    const read = (await readManifests(deps.store, deps.lakeBucket, batch))
      .map((manifest) => ({ place: placeOf(manifest, written), manifest }))
      .filter(({ place }) => after === undefined || comparePlaces(place, after) > 0)
      .filter(({ manifest }) => passes(manifest))
      .sort((a, b) => comparePlaces(a.place, b.place));
    found.push(...read);
    from = to;
  }
  const shown = found.slice(0, limit);
  return {
    sessions: shown.map(({ manifest }) => manifest),
    last: found.length > limit ? shown.at(-1)?.place : undefined,
  };
}

/** Those written in one second are told apart by what they say, so they are read together. */
function endOfSecond(heads: readonly ManifestHead[], end: number): number {
  let to = end;
  while (to < heads.length && heads[to].written === heads[to - 1].written) to++;
  return Math.min(to, heads.length);
}

function placeOf(manifest: SessionManifest, written: ReadonlyMap<string, number>): ListPlace {
  const { session, started_at } = manifest;
  return { written: written.get(session)!, started_at, session };
}

function comparePlaces(a: ListPlace, b: ListPlace): number {
  if (a.written !== b.written) return b.written - a.written;
  if (a.started_at !== b.started_at) return a.started_at > b.started_at ? -1 : 1;
  return a.session < b.session ? -1 : a.session > b.session ? 1 : 0;
}
