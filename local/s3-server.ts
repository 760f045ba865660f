import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import S3rver, { type S3Context } from '@20minutes/s3rver';
import { closeServer, guardHost, listenOn, urlOf } from './listen.ts';
import { ObjectFiles } from './object-files.ts';

/** An object that was put into a bucket. */
interface StoredObject {
  bucket: string;
  key: string;
  size: number;
  etag: string;
}

export interface S3ServerOptions {
  /** Folder of the buckets. */
  directory: string;
  buckets: string[];
  host: string;
  /** 0 for any free port. */
  port: number;
  onCreated(object: StoredObject): void;
  /** Whether a page of this origin may upload; none may by default. */
  isTrustedOrigin?(origin: string): boolean;
}

/** An S3 endpoint on disk; it takes any credentials, or none. */
export interface S3Server {
  url: string;
  close(): Promise<void>;
}

/** Starts S3rver on `directory`; throws PortTakenError. */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const { directory, buckets, host, port } = options;
  await mkdir(directory, { recursive: true });
  const app = new S3rver({
    directory,
    silent: true,
    vhostBuckets: false,
    configureBuckets: buckets.map((name) => ({ name })),
  });
  const store = new ObjectFiles(directory, buckets);
  await store.removeUnfinished();
  app.store = store;
  app.context.store = store;
  app.middleware.unshift((ctx, next) => adaptRequest(ctx, next, store, buckets));
  await app.configureBuckets();
  app.on('event', ({ Records }) => {
    for (const { eventName, s3 } of Records) {
      if (!eventName.startsWith('ObjectCreated:')) continue;
      const { key, size = 0, eTag = '' } = s3.object;
      options.onCreated({ bucket: s3.bucket.name, key, size, etag: eTag });
    }
  });
  const answer = app.callback();
  const server = createServer((request, response) => {
    const { origin } = request.headers;
    const isTrusted = origin !== undefined && options.isTrustedOrigin?.(origin);
    if (isTrusted && isPreflight(request)) allowUpload(origin, request, response);
    else {
      if (isTrusted) {
        response.setHeader('access-control-allow-origin', origin);
        response.setHeader('access-control-expose-headers', 'etag');
      }
      answer(request, response);
    }
  });
  // A large upload over a slow line may take as long as it takes.
  server.requestTimeout = 0;
  guardHost(server, host);
  await listenOn(server, host, port, '--s3-port');
  return { url: urlOf(server), close: () => closeServer(server) };
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] === 'PUT';
}

/** Answers a browser's question whether the page may PUT: S3's CORS rules, which S3rver has no place for. */
function allowUpload(origin: string, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '',
    vary: 'origin, access-control-request-headers',
  });
  response.end();
}

/** Smooths over what S3rver lacks: any credentials, bucket in the host name, aborted uploads. */
async function adaptRequest(
  ctx: S3Context,
  next: () => Promise<void>,
  store: ObjectFiles,
  buckets: string[],
): Promise<void> {
  delete ctx.headers.authorization;
  ctx.state.service = 's3';
  const bucket = buckets.find((name) => ctx.hostname.startsWith(`${name}.`));
  if (bucket) ctx.path = `/${bucket}${ctx.path}`;
  const { uploadId } = ctx.query;
  if (ctx.method === 'DELETE' && uploadId !== undefined) {
    await store.abortUpload(ctx.path.split('/')[1], uploadId);
    ctx.status = 204;
    return;
  }
  await next();
  // S3rver escapes its XML twice.
  if (typeof ctx.body === 'string' && ctx.body.startsWith('<?xml')) {
    ctx.body = ctx.body.replaceAll('&amp;', '&');
  }
}
