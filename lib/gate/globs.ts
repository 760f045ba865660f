import picomatch from 'picomatch';

/** Whether a text matches any of some globs; in paths a star ends at a slash, elsewhere it does not. */
export function createMatcher(
  globs: readonly string[] | undefined,
  isPath: boolean,
): (text: string) => boolean {
  if (!globs || globs.length === 0) return () => false;
  const options = { dot: true, bash: !isPath, nonegate: true };
  const matchers = globs.map((glob) => picomatch(glob, options));
  return (text) => globs.includes(text) || matchers.some((matches) => matches(text));
}
