import { text } from 'node:stream/consumers';
import { UsageError } from './errors.ts';
import { type ServiceOptions, withService } from './service-choice.ts';
import { ask } from './service-request.ts';

interface SqlOptions extends ServiceOptions {
  session?: string;
  format: 'text' | 'json' | 'csv';
  limit?: number;
}

/** Prints the rows of one SELECT over the calls of one session, or of all. */
export async function sql(query: string, options: SqlOptions): Promise<void> {
  const body = query === '-' ? await text(process.stdin) : query;
  if (body.trim() === '') throw new UsageError('query is empty: give one SELECT');
  const { session, format, limit } = options;
  const asked = new URLSearchParams({
    format,
    ...(session !== undefined && { session }),
    ...(limit !== undefined && { limit: String(limit) }),
  });
  await withService(options, 'there is nothing to ask', async (service) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/sql' }, body };
    const answer = await ask(service, `/sql?${asked}`, init);
    process.stdout.write(await answer.text());
  });
}
