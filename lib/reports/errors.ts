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

/** What goes into a problem document beside its type (RFC 9457). */
export interface ProblemContent {
  /** HTTP status of the answer. */
  status: number;
  /** Short name of the kind of problem, the end of its type URI. */
  kind: string;
  title: string;
  /** What happened and what to do, in a sentence or two. */
  detail: string;
  /** Further members, such as the names that would have been right. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** Ends a request with a problem document. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly content: ProblemContent;

  constructor(content: ProblemContent) {
    super(content.detail);
    this.content = content;
  }
}

/** Ends a request with 202: what it asks for is on its way, ask again after `retryAfter` seconds. */
export class PendingError extends Error {
  override name = 'PendingError';
  readonly status: 'ingesting' | 'running';
  readonly session: string | undefined;
  readonly retryAfter: number;

  constructor(
    status: 'ingesting' | 'running',
    session: string | undefined,
    retryAfter: number,
    detail: string,
  ) {
    super(detail);
    this.status = status;
    this.session = session;
    this.retryAfter = retryAfter;
  }
}
