import { LOGS_PREFIX } from '../lib/lake/keys.ts';
import { sessionIdOf } from '../lib/lake/session-id.ts';
import { UsageError } from './errors.ts';
import { jsonLine } from './json-text.ts';
import type { Terminal } from './terminal.ts';

/** Prints the session of an uploaded key or `s3://bucket/key`. */
export async function printSessionId(
  text: string,
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const key = text.replace(/^s3:\/\/[^/]+\//, '');
  if (!key.startsWith(LOGS_PREFIX) || key.endsWith('/')) {
    throw new UsageError(
      `only objects under ${LOGS_PREFIX} become sessions, this is none: ${text}`,
    );
  }
  const session = sessionIdOf(key);
  await terminal.print(json ? jsonLine({ key, session }) : `${session}\n`);
}
