/** Another program listens on a port that is wanted. */
export class PortTakenError extends Error {
  readonly port: number;

  constructor(port: number, option: string) {
    super(`port is taken by another program (choose one with ${option}): ${port}`);
    this.name = 'PortTakenError';
    this.port = port;
  }
}
