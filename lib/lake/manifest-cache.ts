import type { SessionManifest } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';

/** Characters of JSON that are kept of one store: some ten thousand manifests. */
const CHARACTERS_KEPT = 32_000_000;

interface Kept {
  etag: string;
  manifest: SessionManifest;
  characters: number;
}

/** Manifests by key as they were last read; one of another etag is not the one that is asked for. */
class ManifestCache {
  readonly #kept = new Map<string, Kept>();
  #characters = 0;

  /** The manifest under a key if it has this etag. */
  get(key: string, etag: string): SessionManifest | undefined {
    const kept = this.#kept.get(key);
    if (kept?.etag !== etag) return undefined;
    // Whatever was asked for last is the last to go.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.manifest;
  }

  /** Keeps a manifest, and lets go of those that nobody asked for in the longest time. */
  set(key: string, etag: string, manifest: SessionManifest, characters: number): void {
    this.#drop(key);
    this.#kept.set(key, { etag, manifest, characters });
    this.#characters += characters;
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= CHARACTERS_KEPT) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#characters -= this.#kept.get(key)?.characters ?? 0;
    this.#kept.delete(key);
  }
}

const caches = new WeakMap<ObjectStore, Map<string, ManifestCache>>();

/** The manifests that this process has read from a bucket of a store; gone with the store. */
export function manifestCacheOf(store: ObjectStore, bucket: string): ManifestCache {
  const ofStore = caches.get(store) ?? new Map<string, ManifestCache>();
  caches.set(store, ofStore);
  const cache = ofStore.get(bucket) ?? new ManifestCache();
  ofStore.set(bucket, cache);
  return cache;
}
