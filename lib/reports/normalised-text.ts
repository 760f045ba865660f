/** One replacement that makes texts of different runs equal: a regular expression of RE2, and what stands for it. */
type Replacement = readonly [pattern: string, replacement: string];

/** Where names are made up: numbers and random letters in them tell nothing. */
const TEMPORARY = '^(/var)*/tmp/|^/dev/shm/';
const SHORT_LIVED = '^((/var)*/(tmp|run)|/dev/shm)/';

const temporaryNames: readonly Replacement[] = [
  ['/tmp[a-z0-9_]{8}($|[/._-])', '/tmp*$1'],
  ['/cc[A-Za-z0-9]{6}($|[/.])', '/cc*$1'],
  ['([._-])[A-Za-z0-9]{6}($|/)', '$1*$2'],
];
const names: readonly Replacement[] = [
  ['^/proc/[0-9]+', '/proc/N'],
  ['/task/[0-9]+', '/task/N'],
  ['[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '*'],
  ['^/nix/store/[0-9a-z]{32}', '/nix/store/*'],
  [':(3276[89]|327[7-9][0-9]|32[89][0-9]{2}|3[3-9][0-9]{3}|[4-6][0-9]{4})$', ':*'],
  ['[0-9a-f]{8,}', '*'],
];

/** What normalising replaces, as a sentence of a report's description. */
export const normalisingText =
  'Parts of texts that differ from run to run are replaced before they are compared: the number below /proc and after task by N; names that mkstemp and Python make below /tmp, /var/tmp and /dev/shm by their fixed part and a star; UUIDs, hashes of 8 or more hexadecimal digits and those of Nix by a star; ports from 32768 on, at the end of an address, by a star; numbers of 5 or more digits, and of 3 or more below /tmp, /var/tmp, /dev/shm, /run and /var/run, by N.';

/**
 * Steps that normalise columns, each a list of expressions over the columns as the step before left
 * them: nested into one, the conditions would be written out again and again.
 */
export function normalisingSteps(columns: readonly string[]): string[][] {
  const each = (expression: (column: string) => string) =>
    columns.map((name) => `${expression(`"${name}"`)} AS "${name}"`);
  return [
    each((column) => choose(column, TEMPORARY, replace(column, temporaryNames), column)),
    each((column) => replace(column, names)),
    each((column) =>
      choose(
        column,
        SHORT_LIVED,
        replace(column, [['[0-9]{3,}', 'N']]),
        replace(column, [['[0-9]{5,}', 'N']]),
      ),
    ),
  ];
}

function choose(column: string, pattern: string, then: string, otherwise: string): string {
  return `CASE WHEN regexp_like(${column}, '${pattern}') THEN ${then} ELSE ${otherwise} END`;
}

function replace(column: string, replacements: readonly Replacement[]): string {
  return replacements.reduce(
    (text, [pattern, replacement]) => `regexp_replace(${text}, '${pattern}', '${replacement}')`,
    column,
  );
}
