import type { LogOptions } from './converted-log.ts';
import { UsageError } from './errors.ts';
import { findLog } from './log-input.ts';
import { reportOnLog } from './log-report.ts';
import { type OutputFormat, printReport } from './report-output.ts';
import type { ReportQuestion } from './report-rows.ts';
import { type ServiceOptions, withService } from './service-choice.ts';
import { reportOnSession } from './service-report.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

interface ReportOptions extends LogOptions, ServiceOptions {
  format: OutputFormat;
  limit?: number;
  param?: string[];
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
  const missing = `neither a log nor a session: ${what}`;
  await withService(options, missing, async (service) =>
    printReport(await reportOnSession(service, what, question), options.format),
  );
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
