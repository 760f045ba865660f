import picomatch from 'picomatch';
import { normalisePath, normalisePort } from './normalise.ts';

/**
 * Whether a text matches any of some globs; in paths a star ends at a slash, elsewhere it does not. What
 * is matched is normalised, so a glob may be written as the name stands or as it is compared.
 */
export function createMatcher(
  globs: readonly string[] | undefined,
  isPath: boolean,
): (text: string) => boolean {
  if (!globs || globs.length === 0) return () => false;
  const options = { dot: true, bash: !isPath, nonegate: true };
  const normalise = isPath ? normalisePath : normalisePort;
  const written = [...new Set(globs.flatMap((glob) => [glob, normalise(glob)]))];
  const matchers = written.map((glob) => picomatch(glob, options));
  return (text) => written.includes(text) || matchers.some((matches) => matches(text));
}
