import { openLog } from './converted-log.ts';
import { findLog } from './log-input.ts';
import { reportOnFiles } from './log-report.ts';
import type { LogOptions, ServiceOptions } from './options.ts';
import type { ReportQuestion, ReportRows } from './report-rows.ts';
import { withService } from './service-choice.ts';
import { reportOnSession } from './service-report.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import type { Terminal } from './terminal.ts';

/** Options of every command that asks a log or a session. */
export type SourceOptions = LogOptions & ServiceOptions;

const SESSION = 'session:';

/** A log on disk by that name, or else the name of a session (`session:NAME` is always one). */
export async function chooseSource(name: string, terminal: Terminal) {
  if (name.startsWith(SESSION)) return { session: name.slice(SESSION.length) };
  const log = await findLog(name, terminal);
  return log ? { log } : { session: name };
}

/** Asks a report of a log on disk or, when there is none of that name, of a session of a service. */
export async function askReport<T>(
  what: string,
  question: ReportQuestion,
  options: SourceOptions,
  terminal: Terminal,
  use: (rows: ReportRows) => Promise<T>,
): Promise<T> {
  const { log, session } = await chooseSource(what, terminal);
  if (log)
    return await withTemporaryFolder(async (folder) =>
      use(reportOnFiles([await openLog(log, options, folder, terminal)], question, folder)),
    );
  return await withService(
    options,
    `neither a log nor a session: ${what}`,
    terminal,
    async (service) => use(await reportOnSession(service, session, question)),
  );
}
