import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type ExportFormat, exportFormats } from '../lib/exports/export-format.ts';
import type { SessionFile } from '../lib/lake/manifest.ts';
import type { ObjectStore } from '../lib/lake/object-store.ts';
import { type LocalSession, openLog } from './converted-log.ts';
import { UsageError, WorkError } from './errors.ts';
import { jsonLine } from './json-text.ts';
import { chooseSource, type SourceOptions } from './report-source.ts';
import { withService } from './service-choice.ts';
import { download } from './service-request.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import type { Terminal } from './terminal.ts';
import { writeWhole } from './whole-file.ts';

interface ExportOptions extends SourceOptions {
  out?: string;
  json?: boolean;
}

/** Writes all calls of a log or session in a format, to a file or stdout. */
export async function exportCalls(
  what: string,
  name: string,
  options: ExportOptions,
  terminal: Terminal,
): Promise<void> {
  const format = exportFormats.get(name)!;
  const { log, session } = await chooseSource(what, terminal);
  const out = options.out ?? `${log?.session ?? session}.${format.extension}`;
  if (out === '-' && options.json)
    throw new UsageError('--json wants a file: give --out another than -');
  const write = (bytes: AsyncIterable<Uint8Array>) => writeBytes(bytes, out, format, terminal);
  if (log)
    await withTemporaryFolder(async (folder) => {
      const opened = await openLog(log, options, folder, terminal);
      const lack = format.lack?.(opened.manifest);
      if (lack !== undefined) throw new WorkError(`${what}: ${lack}`);
      await write(await encode(format, opened));
    });
  else
    await withService(
      options,
      `neither a log nor a session: ${what}`,
      terminal,
      async (service) => {
        const path = `/sessions/${encodeURIComponent(session)}/exports/${format.name}`;
        await write(await download(service, path));
      },
    );
  if (out !== '-') await tell(out, format, options, terminal);
}

async function tell(
  out: string,
  format: ExportFormat,
  { json }: ExportOptions,
  terminal: Terminal,
) {
  const { size } = await stat(out);
  if (json) await terminal.print(jsonLine({ file: out, format: format.name, size_bytes: size }));
  else terminal.note(`wrote ${out} (${size} bytes)`);
}

async function encode(
  format: ExportFormat,
  { manifest, files }: LocalSession,
): Promise<AsyncIterable<Uint8Array>> {
  const listed = await Promise.all(
    files.map(
      async (key): Promise<SessionFile> => ({ key, rows: 0, size_bytes: (await stat(key)).size }),
    ),
  );
  return format.write({ store: { readRange }, bucket: '', files: listed }, manifest);
}

const readRange: ObjectStore['readRange'] = async (_bucket, path, start, length) => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

async function writeBytes(
  bytes: AsyncIterable<Uint8Array>,
  out: string,
  { name, contentType }: ExportFormat,
  terminal: Terminal,
): Promise<void> {
  if (out !== '-') return await writeWhole(out, (file) => pipeline(bytes, createWriteStream(file)));
  const isText = /^text\/|json/.test(contentType);
  if (!isText && terminal.width !== undefined)
    throw new UsageError(`${name} is nothing for a terminal: give --out a file, or pipe it`);
  for await (const chunk of bytes) await terminal.print(chunk);
}
