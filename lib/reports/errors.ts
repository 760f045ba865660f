/** A query file whose header or text cannot be used; the message names file and line. */
export class CatalogueError extends Error {
  override name = 'CatalogueError';
}

/** A value a caller gave that a report cannot take; `parameter` is its name, the message what to do. */
export class ParameterError extends Error {
  override name = 'ParameterError';
  readonly parameter: string;

  constructor(parameter: string, message: string) {
    super(message);
    this.parameter = parameter;
  }
}

/** The engine takes no query now and says to come back after `retryAfter` seconds. */
export class EngineBusyError extends Error {
  override name = 'EngineBusyError';
  readonly retryAfter = 5;
}
