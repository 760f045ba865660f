import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { LogRefusedError } from '../lake/errors.ts';
import { LOGS_PREFIX } from '../lake/keys.ts';
import { parseLogMetadata } from '../lake/log-metadata.ts';
import { sessionIdOf } from '../lake/session-id.ts';
import { ParameterError } from '../reports/errors.ts';

const VALID_SECONDS = 900;
const MAX_KEY_BYTES = 1024;
const META = 'x-amz-meta-';
/** What a body may hold beside `name` and `size_bytes`: the metadata the ingest understands. */
const METADATA = /^(session|date|utc-offset|label-[a-z0-9-]+)$/;

/** A log that somebody wants to upload. */
export interface UploadRequest {
  key: string;
  sizeBytes: number;
  /** User metadata of the object, names without `x-amz-meta-`. */
  metadata: Record<string, string>;
  session: string;
}

/** How to upload that one log, without AWS keys. */
export interface UploadTicket {
  method: 'PUT';
  /** Takes exactly this log under exactly this key, for a quarter of an hour. */
  url: string;
  /** Headers the PUT must have; curl sends the length by itself. */
  headers: Record<string, string>;
  expires_at: string;
  key: string;
  session: string;
}

/**
 * Reads the body of `POST /uploads`: `{"name": "ci/42/app.log", "size_bytes": 4096}` and, if wanted,
 * `session`, `date`, `utc-offset` and `label-…`. Throws ParameterError naming what cannot be used.
 */
export function readUploadRequest(body: string | undefined, limitBytes: number): UploadRequest {
  const { name, size_bytes: sizeBytes, ...metadata } = parseBody(body);
  const key = keyOf(name);
  if (typeof sizeBytes !== 'number' || !Number.isInteger(sizeBytes) || sizeBytes < 1) {
    throw new ParameterError('size_bytes', 'Give the size of the log in bytes: wc -c < app.log');
  }
  if (sizeBytes > limitBytes) {
    throw new ParameterError(
      'size_bytes',
      `Logs up to ${limitBytes} bytes can be uploaded here; compress it (zstd, gzip), or use aws s3 cp.`,
    );
  }
  checkMetadata(metadata);
  return { key, sizeBytes, metadata, session: metadata.session ?? sessionIdOf(key) };
}

/** Signs the upload; the signature holds key, length and metadata, so that nothing else gets in. */
export async function signUpload(
  client: S3Client,
  bucket: string,
  { key, sizeBytes, metadata, session }: UploadRequest,
  now: Date,
): Promise<UploadTicket> {
  const headers = Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [`${META}${name}`, value]),
  );
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    ContentLength: sizeBytes,
    Metadata: metadata,
  });
  const url = await getSignedUrl(client, command, {
    expiresIn: VALID_SECONDS,
    signingDate: now,
    unhoistableHeaders: new Set(Object.keys(headers)),
  });
  const expires = new Date(now.getTime() + VALID_SECONDS * 1000);
  return { method: 'PUT', url, headers, expires_at: expires.toISOString(), key, session };
}

function parseBody(body: string | undefined): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(body ?? '');
  } catch {
    content = undefined;
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return { ...content };
  }
  throw new ParameterError(
    'body',
    'Send a JSON object such as {"name": "ci/42/app.log", "size_bytes": 4096}.',
  );
}

function keyOf(name: unknown): string {
  const isName =
    typeof name === 'string' &&
    name !== '' &&
    !name.endsWith('/') &&
    !name.split('/').some((part) => part === '' || part === '.' || part === '..') &&
    !/\p{Cc}/u.test(name);
  const key = `${LOGS_PREFIX}${name}`;
  if (isName && Buffer.byteLength(key) <= MAX_KEY_BYTES) return key;
  throw new ParameterError(
    'name',
    'Give the name of the log below logs/, such as app.log or ci/42/app.log.gz.',
  );
}

function checkMetadata(
  metadata: Record<string, unknown>,
): asserts metadata is Record<string, string> {
  for (const [name, value] of Object.entries(metadata)) {
    if (!METADATA.test(name)) {
      throw new ParameterError(
        name,
        'Beside name and size_bytes there are session, date, utc-offset and label-NAME.',
      );
    }
    if (typeof value !== 'string' || !/^[\x20-\x7e]{1,200}$/.test(value)) {
      throw new ParameterError(name, 'Give a text of 1 to 200 ASCII characters.');
    }
  }
  try {
    parseLogMetadata(metadata as Record<string, string>);
  } catch (error) {
    if (error instanceof LogRefusedError) throw new ParameterError('metadata', error.detail);
    throw error;
  }
}
