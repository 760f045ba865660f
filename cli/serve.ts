import { once } from 'node:events';
import { resolve } from 'node:path';
import type { IngestOutcome } from '../lib/lake/ingest-session.ts';
import { UPLOADS_BUCKET } from '../local/data-folder.ts';
import { type LocalStack, startStack } from '../local/stack.ts';
import { jsonLine } from './json-text.ts';
import type { Terminal } from './terminal.ts';

interface ServeOptions {
  dataDir: string;
  s3Port: number;
  port: number;
  host: string;
  corsOrigin?: string;
  redact?: string[];
  verbose?: boolean;
  json?: boolean;
}

/** Runs the service until SIGINT or SIGTERM. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<void> {
  const dataDir = resolve(options.dataDir);
  const started = Promise.withResolvers<string>();
  const stack = await startStack({
    dataDir,
    host: options.host,
    s3Port: options.s3Port,
    httpPort: options.port,
    corsOrigin: options.corsOrigin,
    redact: options.redact,
    onOutcome: async (key, outcome, milliseconds) => {
      const apiUrl = await started.promise;
      if (options.json) await printJson({ key, ...outcomeOf(outcome) }, terminal);
      else await printOutcome(key, outcome, milliseconds, apiUrl, terminal);
    },
    onError: (message) => terminal.note(message),
    onRequest: options.verbose ? (line) => terminal.note(line) : undefined,
  });
  if (options.json)
    await printJson({ api_url: stack.apiUrl, s3_url: stack.s3Url, data_dir: dataDir }, terminal);
  else await printWelcome(stack, dataDir, terminal);
  started.resolve(stack.apiUrl);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  // Whoever asks twice does not want to wait for requests under way.
  process.once('SIGINT', () => process.exit(130));
  await stack.close();
  process.exit(0);
}

async function printWelcome(
  { s3Url, apiUrl }: LocalStack,
  dataDir: string,
  terminal: Terminal,
): Promise<void> {
  await terminal.print(`stracelake is running on ${dataDir} (Ctrl-C stops it)

Look     ${apiUrl}/
Record   stracelake record -- your-command
    or   strace -f -tt -T -y -yy -s 2048 -o app.log your-command
Upload   stracelake upload app.log
    or   aws s3 cp app.log s3://${UPLOADS_BUCKET}/logs/ --endpoint-url ${s3Url} --no-sign-request
    or   curl -T app.log ${s3Url}/${UPLOADS_BUCKET}/logs/
Ask      stracelake report sample
    or   curl ${apiUrl}/sessions
         curl '${apiUrl}/sessions/sample/reports/summary?format=text'

`);
}

async function printOutcome(
  key: string,
  outcome: IngestOutcome,
  milliseconds: number,
  apiUrl: string,
  terminal: Terminal,
): Promise<void> {
  if (outcome.status === 'gone' || outcome.status === 'unchanged') return;
  const { session, failure, lines = 0, rows = 0 } = outcome.manifest;
  if (failure) return terminal.note(`${key} failed: ${failure.title}. ${failure.detail}`);
  const seconds = (milliseconds / 1000).toFixed(1);
  await terminal.print(
    `${key} is ready: ${rows} rows from ${lines} lines in ${seconds} s, ${apiUrl}/sessions/${session}\n`,
  );
}

function outcomeOf(outcome: IngestOutcome) {
  if (outcome.status === 'gone' || outcome.status === 'unchanged') return outcome;
  const { session, failure, lines = 0, rows = 0 } = outcome.manifest;
  return { status: outcome.status, session, lines, rows, failure };
}

async function printJson(content: unknown, terminal: Terminal): Promise<void> {
  await terminal.print(jsonLine(content));
}
