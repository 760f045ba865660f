import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortTakenError } from './errors.ts';

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

/** Where a listening server is reached from this machine. */
export function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  const isAny = address === '0.0.0.0' || address === '::';
  const host = isAny || address === '127.0.0.1' || address === '::1' ? 'localhost' : address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Stops a server: no new connections, and the idle ones are cut. */
export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
  });
}
