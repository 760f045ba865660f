import { StackOptionError } from './errors.ts';

/** Names of all context options. */
export const optionNames = [
  'stackName',
  'auth',
  'jwtIssuer',
  'jwtAudience',
  'jwtClaims',
  'pageClientId',
  'pageOrigins',
  'corsOrigin',
  'logDays',
  'resultDays',
  'maxIngests',
  'uploadLimitGb',
  'scanLimitGb',
  'redact',
  'requestsPerSecond',
  'serviceLogDays',
  'alarmEmail',
] as const;

// CDK's own context has a colon, a slash or an @ in its names.
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/**
 * Refuses context whose name no option has: a misspelt `-c redact=secrets` would otherwise deploy
 * without. Throws StackOptionError.
 */
export function checkOptionNames(given: Iterable<string>): void {
  const known: readonly string[] = optionNames;
  const unknown = [...given].filter((name) => PLAIN_NAME.test(name) && !known.includes(name));
  if (unknown.length > 0) {
    throw new StackOptionError(
      `no option is called ${unknown.join(', ')}; there are ${known.join(', ')}`,
    );
  }
}
