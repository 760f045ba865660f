/**
 * A log that no retry can ingest. `title` names the fault in a few words, `detail` says what to do;
 * both go into the session's manifest and are shown to the user.
 */
export class LogRefusedError extends Error {
  readonly title: string;
  readonly detail: string;

  constructor(title: string, detail: string, options?: ErrorOptions) {
    super(`${title}: ${detail}`, options);
    this.name = 'LogRefusedError';
    this.title = title;
    this.detail = detail;
  }
}

/** A log kept changing while it was ingested; the ingest is worth another try. */
export class SourcesChangedError extends Error {
  constructor(key: string) {
    super(`log kept changing while it was ingested: ${key}`);
    this.name = 'SourcesChangedError';
  }
}
