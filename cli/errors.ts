/** The work cannot be done; the message says what to do. Ends the command with exit code 1. */
export class WorkError extends Error {
  override name = 'WorkError';
}

/** The command was called wrongly. Ends it with exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The command is over and has said why; ends it with this exit code. */
export class CommandEndedError extends Error {
  override name = 'CommandEndedError';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`command ended: ${exitCode}`);
    this.exitCode = exitCode;
  }
}
