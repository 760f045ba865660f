/** A context option (`cdk deploy -c name=value`) that cannot be used; the message says what would do. */
export class StackOptionError extends Error {
  override name = 'StackOptionError';
}
