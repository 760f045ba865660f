import type { SessionManifest } from '../lib/lake/manifest.ts';
import { renderTable } from '../lib/reports/render/table.ts';
import { openLog } from './converted-log.ts';
import { WorkError } from './errors.ts';
import { jsonLine } from './json-text.ts';
import { qualityHeaders, qualityRows } from './quality-rows.ts';
import { printTable } from './report-output.ts';
import { chooseSource, type SourceOptions } from './report-source.ts';
import { withService } from './service-choice.ts';
import { askJson } from './service-request.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import type { Terminal } from './terminal.ts';

/** Prints how well a log was read: lines by kind, what was not understood, what the recording lacks. */
export async function quality(
  what: string,
  options: SourceOptions & { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const manifest = await readManifest(what, options, terminal);
  if (manifest.lines === undefined)
    throw new WorkError(`not known how it was read (ask the log itself, or its session): ${what}`);
  if (options.json) return await terminal.print(jsonLine(describe(manifest)));
  const rows = qualityRows(manifest);
  if (terminal.width !== undefined) await printTable(qualityHeaders, rows, terminal);
  else await terminal.print(`${renderTable(qualityHeaders, rows)}\n`);
}

async function readManifest(
  what: string,
  options: SourceOptions,
  terminal: Terminal,
): Promise<SessionManifest> {
  const { log, session } = await chooseSource(what, terminal);
  if (log)
    return await withTemporaryFolder(
      async (folder) => (await openLog(log, options, folder, terminal)).manifest,
    );
  return await withService(
    options,
    `neither a log nor a session: ${what}`,
    terminal,
    async (service) => {
      const path = `/sessions/${encodeURIComponent(session)}`;
      const manifest = await askJson<SessionManifest>(service, path);
      if (!manifest) throw new WorkError(`session not found: ${session}`);
      return manifest;
    },
  );
}

function describe(manifest: SessionManifest): Record<string, unknown> {
  const { session, lines, rows, lines_by_kind, unparsed, options, missing } = manifest;
  const { strace_table = null, redacted = null } = manifest;
  const read = { session, lines, rows, lines_by_kind, unparsed, options, missing };
  return { ...read, strace_table, redacted };
}
