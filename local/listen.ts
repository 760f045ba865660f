import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortTakenError } from './errors.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);
const CLOSE_GRACE_MS = 1000;

/** Binds a server; `option` names what the user can change when the port is taken (PortTakenError). */
export async function listenOn(
  server: Server,
  host: string,
  port: number,
  option: string,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, option) : error),
    );
    server.listen(port, host, resolve);
  });
}

/**
 * Lets a server bound to this machine answer only requests that call it by a name of this machine, so
 * that a web page cannot reach it through a name of its own (DNS rebinding).
 */
export function guardHost(server: Server, host: string): void {
  if (!LOOPBACK.has(host)) return;
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (LOOPBACK.has(name) || name.endsWith('.localhost')) {
      for (const listener of listeners) listener(request, response);
      return;
    }
    response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
    response.end(`host is not served here (start with --host to change that): ${name}\n`);
  });
}

/** Where a listening server is reached from this machine. */
export function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  const isAny = address === '0.0.0.0' || address === '::';
  const host = isAny || address === '127.0.0.1' || address === '::1' ? 'localhost' : address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether an origin is the server at this address, by whatever name of this machine. */
export function isSameServer(origin: string, url: string): boolean {
  if (!URL.canParse(origin)) return false;
  const [a, b] = [new URL(origin), new URL(url)];
  const isSameName = a.hostname === b.hostname || LOOPBACK.has(a.hostname);
  return isSameName && a.protocol === b.protocol && a.port === b.port;
}

/** Stops a server; requests under way have a second to end. */
export async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
  }).finally(() => clearTimeout(cut));
}
