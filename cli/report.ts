import { existsSync } from 'node:fs';
import { findServing } from '../local/serving.ts';
import type { LogOptions } from './converted-log.ts';
import { UsageError, WorkError } from './errors.ts';
import { findLog } from './log-input.ts';
import { reportOnLog } from './log-report.ts';
import { type OutputFormat, printReport } from './report-output.ts';
import type { ReportQuestion } from './report-rows.ts';
import { reportOnSession, type Service } from './service-report.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

interface ReportOptions extends LogOptions {
  format: OutputFormat;
  limit?: number;
  param?: string[];
  url?: string;
  header?: string[];
  dataDir: string;
  [filter: string]: unknown;
}

const OWN_OPTIONS = ['format', 'limit', 'param', 'url', 'header', 'dataDir', 'date', 'utcOffset'];

/** Prints a report on a log on disk or, when there is none of that name, on a session. */
export async function report(what: string, name: string, options: ReportOptions): Promise<void> {
  const question = { report: name, parameters: readParameters(options), limit: options.limit };
  const log = options.url === undefined ? await findLog(what) : undefined;
  if (log) {
    await withTemporaryFolder(async (folder) =>
      printReport(await reportOnLog(log, question, options, folder), options.format),
    );
    return;
  }
  await withService(what, options, async (service) =>
    printReport(await reportOnSession(service, what, question), options.format),
  );
}

/** Uses the service that was asked for, else the one that runs on the data folder, else starts one. */
async function withService(
  session: string,
  { url, header = [], dataDir }: ReportOptions,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const running = url ?? (await findServing(dataDir))?.apiUrl;
  if (running) return await use({ url: running, headers: readHeaders(header) });
  if (!existsSync(dataDir)) {
    throw new WorkError(
      `neither a log nor a session (there is no data folder ${dataDir}; ` +
        `give --url or --data-dir to ask a service): ${session}`,
    );
  }
  const { startStack } = await import('../local/stack.ts');
  const stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
  try {
    await use({ url: stack.apiUrl, headers: {} });
  } finally {
    await stack.close();
  }
}

/** Parameters given as options of their own (`--path-regex`) or by name (`--param path_regex=...`). */
function readParameters(options: ReportOptions): ReportQuestion['parameters'] {
  const parameters = new Map<string, string>();
  for (const [option, value] of Object.entries(options)) {
    if (OWN_OPTIONS.includes(option) || typeof value !== 'string') continue;
    parameters.set(
      option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    );
  }
  for (const text of options.param ?? []) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--param wants name=value, this is none: ${text}`);
    parameters.set(text.slice(0, at), text.slice(at + 1));
  }
  return parameters;
}

function readHeaders(lines: string[]): Record<string, string> {
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    if (at < 1) throw new UsageError(`--header wants "name: value", this is none: ${line}`);
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(headers);
}
