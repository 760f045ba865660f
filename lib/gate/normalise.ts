import { posix } from 'node:path';

/** One replacement of a budget, made in every subject and program after the built-in ones. */
export interface NormaliseRule {
  /** Regular expression. */
  pattern: string;
  /** What stands in its place; $1 is the first group. */
  replace: string;
}

/** Where a run had its folders; what is not told is not named. */
export interface RunFolders {
  /** Of the project. */
  work?: string;
  home?: string;
  /** TMPDIR, where it is another than /tmp. */
  tmp?: string;
}

/** What makes the names of two runs comparable. */
export interface Normaliser {
  /** A path, with parts that differ from run to run replaced. */
  path(text: string): string;
  /** An endpoint such as `TCP 10.0.0.1:443` or `UNIX-STREAM /run/x.sock`. */
  endpoint(text: string): string;
}

const BELOW_TMP = /^(\/var)*\/tmp\/|^\/dev\/shm\//;
const BELOW_TMP_OR_RUN = /^((\/var)*\/(tmp|run)|\/dev\/shm)\//;
const EPHEMERAL_PORT = /:(3276[89]|327[7-9][0-9]|32[89][0-9]{2}|3[3-9][0-9]{3}|[4-6][0-9]{4})$/;

/** Folders of one run, by the names that paths below them get; temporary files lie in /tmp, wherever that is. */
export function rootsOfRun({ work, home, tmp }: RunFolders): Record<string, string> {
  return {
    ...(work && { $WORK: work }),
    ...(home && { $HOME: home }),
    ...(tmp && { '/tmp': tmp }),
  };
}

/**
 * The rules of the reports diff_files and diff_endpoints, after folders with a name of their own:
 * `roots` maps `$WORK` or `$HOME` to a folder, whose paths begin with that name then.
 */
export function createNormaliser(
  roots: Readonly<Record<string, string>> = {},
  rules: readonly NormaliseRule[] = [],
): Normaliser {
  const folders = Object.entries(roots)
    .map(([name, folder]) => ({ name, folder: folder.replace(/\/+$/, '') }))
    .filter(({ folder }) => folder !== '')
    .sort((a, b) => b.folder.length - a.folder.length);
  const own = rules.map(({ pattern, replace }) => ({ pattern: new RegExp(pattern, 'g'), replace }));
  const finish = (text: string) =>
    own.reduce((changed, { pattern, replace }) => changed.replace(pattern, replace), text);
  const rooted = (path: string) => {
    const root = folders.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
    return root ? root.name + path.slice(root.folder.length) : path;
  };
  return {
    path: (text) => finish(normalisePath(rooted(withoutDetours(text)))),
    endpoint: (text) => finish(normaliseEndpoint(text, rooted)),
  };
}

/** A path without `..`, `.` and empty parts, so that `$WORK/../x` is not below `$WORK`. */
function withoutDetours(path: string): string {
  return path.startsWith('/') && /\/\.{0,2}\/|\/\.{1,2}$/.test(path) ? posix.normalize(path) : path;
}

/** A path as the report diff_files compares it. */
export function normalisePath(path: string): string {
  let text = path;
  if (BELOW_TMP.test(text))
    text = text
      .replace(/\/tmp[a-z0-9_]{8}($|[/._-])/g, '/tmp*$1')
      .replace(/\/cc[A-Za-z0-9]{6}($|[/.])/g, '/cc*$1')
      .replace(/([._-])[A-Za-z0-9]{6}($|\/)/g, '$1*$2');
  text = text
    .replace(/^\/proc\/[0-9]+/, '/proc/N')
    .replace(/\/task\/[0-9]+/g, '/task/N')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '*')
    .replace(/^\/nix\/store\/[0-9a-z]{32}/, '/nix/store/*')
    .replace(/[0-9a-f]{8,}/g, '*');
  return text.replace(BELOW_TMP_OR_RUN.test(path) ? /[0-9]{3,}/g : /[0-9]{5,}/g, 'N');
}

/** An address without a port that the kernel gave out. */
export function normalisePort(address: string): string {
  return address.replace(EPHEMERAL_PORT, ':*');
}

function normaliseEndpoint(text: string, rooted: (path: string) => string): string {
  const [protocol, ...rest] = text.split(' ');
  const address = rest.join(' ');
  const plain = protocol!.startsWith('UNIX')
    ? rooted(address)
        .replace(/[0-9a-f]{8,}/g, '*')
        .replace(/[0-9]{3,}/g, 'N')
    : normalisePort(address);
  return `${protocol} ${plain}`;
}
