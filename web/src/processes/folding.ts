import type { Row } from '../api/catalogue.ts';
import { hrefWith, navigate, route } from '../route.ts';

/** Above this only the first generations are open at the beginning. */
const MANY = 300;
const OPEN_DEPTH = 2;

/** Which processes hide their children, by lineage. */
export type Folded = ReadonlySet<string>;

/** Where a process stands in the tree: its ancestors and itself. */
export function lineageOf(row: Row): string {
  return String(row.lineage);
}

/** Lineages of the processes above, the first one first. */
export function ancestorsOf(row: Row): string[] {
  const parts = lineageOf(row).split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** What is folded in the present address: all, none or what suits the size, and what was turned since. */
export function readFolded(query: URLSearchParams, rows: readonly Row[]): Folded {
  const folded = new Set(startFolded(query.get('fold'), rows).map(lineageOf));
  const turned = new Set(query.get('turned')?.split('.') ?? []);
  for (const row of rows) {
    const lineage = lineageOf(row);
    if (turned.has(nameOf(lineage)) && !folded.delete(lineage)) folded.add(lineage);
  }
  return folded;
}

/** Folds a process, or unfolds it. */
export function turn(lineage: string): void {
  const turned = new Set(route.value.query.get('turned')?.split('.') ?? []);
  const name = nameOf(lineage);
  if (!turned.delete(name)) turned.add(name);
  navigate(hrefWith({ turned: [...turned].join('.') || null }), { replace: true });
}

/** Folds all, or none. */
export function foldAll(fold: 'all' | 'none'): void {
  navigate(hrefWith({ fold, turned: null }), { replace: true });
}

function startFolded(fold: string | null, rows: readonly Row[]): readonly Row[] {
  if (fold === 'all') return rows;
  if (fold === 'none' || rows.length <= MANY) return [];
  return rows.filter(({ depth }) => Number(depth) >= OPEN_DEPTH);
}

/** The last part of a lineage is the process's own, and no other has it. */
function nameOf(lineage: string): string {
  return lineage.slice(lineage.lastIndexOf('/') + 1);
}
