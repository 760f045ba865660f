import { once } from 'node:events';
import { resolve } from 'node:path';
import type { IngestOutcome } from '../lib/lake/ingest-session.ts';
import { UPLOADS_BUCKET } from '../local/data-folder.ts';
import { type LocalStack, startStack } from '../local/stack.ts';

interface ServeOptions {
  dataDir: string;
  s3Port: number;
  port: number;
  host: string;
  verbose?: boolean;
}

/** Runs the service until SIGINT or SIGTERM. */
export async function serve(options: ServeOptions): Promise<void> {
  const started = Promise.withResolvers<string>();
  const stack = await startStack({
    dataDir: resolve(options.dataDir),
    host: options.host,
    s3Port: options.s3Port,
    httpPort: options.port,
    onOutcome: async (key, outcome, milliseconds) =>
      printOutcome(key, outcome, milliseconds, await started.promise),
    onError: (message) => process.stderr.write(`${message}\n`),
    onRequest: options.verbose ? (line) => process.stderr.write(`${line}\n`) : undefined,
  });
  printWelcome(stack, resolve(options.dataDir));
  started.resolve(stack.apiUrl);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  // Whoever asks twice does not want to wait for requests under way.
  process.once('SIGINT', () => process.exit(130));
  await stack.close();
  process.exit(0);
}

function printWelcome({ s3Url, apiUrl }: LocalStack, dataDir: string): void {
  process.stdout.write(`stracelake is running on ${dataDir} (Ctrl-C stops it)

Record   strace -f -tt -T -y -yy -s 2048 -o app.log your-command
Upload   aws s3 cp app.log s3://${UPLOADS_BUCKET}/logs/ --endpoint-url ${s3Url} --no-sign-request
    or   curl -T app.log ${s3Url}/${UPLOADS_BUCKET}/logs/
Ask      curl ${apiUrl}/sessions
         curl '${apiUrl}/sessions/sample/reports/summary?format=text'

`);
}

function printOutcome(
  key: string,
  outcome: IngestOutcome,
  milliseconds: number,
  apiUrl: string,
): void {
  if (outcome.status === 'gone' || outcome.status === 'unchanged') return;
  const { session, failure, lines = 0, rows = 0 } = outcome.manifest;
  if (failure) {
    process.stderr.write(`${key} failed: ${failure.title}. ${failure.detail}\n`);
    return;
  }
  const seconds = (milliseconds / 1000).toFixed(1);
  process.stdout.write(
    `${key} is ready: ${rows} rows from ${lines} lines in ${seconds} s, ${apiUrl}/sessions/${session}\n`,
  );
}
