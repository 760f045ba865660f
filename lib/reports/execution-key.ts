import { createHash } from 'node:crypto';
import type { Query } from './engine.ts';

/**
 * Names a query and the state of the session it reads, 64 hexadecimal digits: the same for the same
 * text, values and committed ingest. `context` tells apart what else makes results differ.
 */
export function executionKey(query: Query, context: readonly (string | number)[] = []): string {
  const { session, generation, finished_at } = query.session;
  const parameters = query.parameters.map((value) => [typeof value, String(value)]);
  return createHash('sha256')
    .update(JSON.stringify([query.sql, parameters, session, generation, finished_at, context]))
    .digest('hex');
}
