/** Another program listens on a port that is wanted. */
export class PortTakenError extends Error {
  readonly port: number;

  constructor(port: number, option: string) {
    super(`port is taken by another program (choose one with ${option}): ${port}`);
    this.name = 'PortTakenError';
    this.port = port;
  }
}

/** Another process serves the data folder. */
export class DataFolderTakenError extends Error {
  constructor(dataDir: string, pid: number) {
    super(`data folder is served by process ${pid} (choose one with --data-dir): ${dataDir}`);
    this.name = 'DataFolderTakenError';
  }
}

/** SQL that may not or cannot be run here; the message is for who wrote it. */
export class SqlRefusedError extends Error {
  override name = 'SqlRefusedError';
}
