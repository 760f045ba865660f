import { existsSync } from 'node:fs';
import { findServing } from '../local/serving.ts';
import { UsageError, WorkError } from './errors.ts';
import type { ServiceOptions } from './options.ts';
import type { Service } from './service-request.ts';
import type { Terminal } from './terminal.ts';

/**
 * Uses the service that was asked for, else the one that runs on the data folder, else starts one.
 * Throws WorkError, beginning with `missing`, when there is no data folder.
 */
export async function withService<T>(
  options: ServiceOptions,
  missing: string,
  terminal: Terminal,
  use: (service: Service) => Promise<T>,
): Promise<T> {
  const running = await findService(options, terminal);
  if (running) return await use(running);
  const { dataDir } = options;
  if (!existsSync(dataDir)) {
    throw new WorkError(
      `${missing} (there is no data folder ${dataDir}: run stracelake serve, or give --url or --data-dir)`,
    );
  }
  const { startStack } = await import('../local/stack.ts');
  const stack = await startStack({ dataDir, host: '127.0.0.1', s3Port: 0, httpPort: 0 });
  try {
    return await use({ url: stack.apiUrl, headers: {} });
  } finally {
    await stack.close();
  }
}

/** The service that was asked for, else the one that runs on the data folder, else undefined. */
export async function findService(
  { url, header = [], sign, dataDir }: ServiceOptions,
  terminal: Terminal,
): Promise<Service | undefined> {
  const headers = readHeaders(header);
  if (!url) {
    const serving = await findServing(dataDir);
    return serving?.apiUrl ? { url: serving.apiUrl, headers } : undefined;
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(
      `--url wants an address such as http://localhost:8080, this is none: ${url}`,
    );
  const { STRACELAKE_TOKEN: token } = terminal.streams.env;
  const isAuthorized = Object.keys(headers).some((name) => /^authorization$/i.test(name));
  if (isAuthorized) return { url, headers };
  if (token && !sign) return { url, headers: { ...headers, authorization: `Bearer ${token}` } };
  const { createSigner, regionOf } = await import('./request-signer.ts');
  const region = sign ?? regionOf(url);
  const signer = region && (await createSigner(region));
  if (sign && !signer)
    throw new WorkError(
      'no AWS credentials found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  return { url, headers, ...(signer && { sign: signer }) };
}

function readHeaders(lines: string[]): Record<string, string> {
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    if (at < 1) throw new UsageError(`--header wants "name: value", this is none: ${line}`);
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(headers);
}
