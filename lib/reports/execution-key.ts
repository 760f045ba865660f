import { createHash } from 'node:crypto';
import type { Query } from './engine.ts';

/**
 * Names a query and the state of what it reads, 64 hexadecimal digits: the same for the same
 * text, values and committed ingest. `context` tells apart what else makes results differ.
 */
export function executionKey(query: Query, context: readonly (string | number)[] = []): string {
  const sessions = query.sessions.map(({ session, generation, finished_at }) => [
    session,
    generation,
    finished_at,
  ]);
  const stats = query.stats?.map(({ key, etag }) => [key, etag]);
  const parameters = query.parameters.map((value) => [typeof value, String(value)]);
  return createHash('sha256')
    .update(JSON.stringify([query.sql, parameters, sessions, context, stats]))
    .digest('hex');
}
