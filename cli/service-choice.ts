import { existsSync } from 'node:fs';
import { findServing } from '../local/serving.ts';
import { UsageError, WorkError } from './errors.ts';
import type { Service } from './service-request.ts';

/** Which service a command asks, as its options say. */
export interface ServiceOptions {
  url?: string;
  header?: string[];
  dataDir: string;
}

/**
 * Uses the service that was asked for, else the one that runs on the data folder, else starts one.
 * Throws WorkError, beginning with `missing`, when there is no data folder.
 */
export async function withService(
  { url, header = [], dataDir }: ServiceOptions,
  missing: string,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const running = url ?? (await findServing(dataDir))?.apiUrl;
  if (running) return await use({ url: running, headers: readHeaders(header) });
  if (!existsSync(dataDir)) {
    throw new WorkError(
      `${missing} (there is no data folder ${dataDir}; give --url or --data-dir to ask a service)`,
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

function readHeaders(lines: string[]): Record<string, string> {
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    if (at < 1) throw new UsageError(`--header wants "name: value", this is none: ${line}`);
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(headers);
}
