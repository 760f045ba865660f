/** What the exit code of every command means. */
export const exitCodes: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'could not be done: a file, a log, a session or a service is not as it should be'],
  ['2', 'called wrongly: a command, an option or a value is not known'],
  [
    'other',
    'of record: the exit code of the command, 128 + n when signal n killed it, 127 when there is none',
  ],
];

/** What every command reads from the environment. */
export const environment: readonly (readonly [string, string])[] = [
  ['STRACELAKE_URL', 'service to ask when there is no --url'],
  ['STRACELAKE_TOKEN', 'bearer token for that service'],
  [
    'AWS_PROFILE, AWS_ACCESS_KEY_ID, ...',
    'AWS credentials, which sign requests to addresses of API Gateway',
  ],
  ['NO_COLOR', 'no colours, also on a terminal'],
];

/** The same for the end of the help. */
export function closingHelp(): string {
  return `\n${section('Exit codes', exitCodes)}\n${section('Environment', environment)}`;
}

function section(title: string, entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  const lines = entries.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`);
  return `${title}:\n${lines.join('')}`;
}
