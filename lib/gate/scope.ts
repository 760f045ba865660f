import type { Scope } from './budget-schema.ts';
import { type Fact, nameOf } from './facts.ts';
import { createMatcher } from './globs.ts';
import { setMetrics } from './metrics.ts';

const pathKinds = new Set(
  Object.values(setMetrics)
    .filter(({ isPath }) => isPath)
    .flatMap(({ kinds }) => kinds)
    .concat('bytes_written'),
);

/** Which facts an assertion looks at: those of a scope that are not of ignored paths. */
export function createScopeFilter(
  scope: Scope | undefined,
  ignore: readonly string[],
): (fact: Pick<Fact, 'kind' | 'program' | 'subject'>) => boolean {
  const isIgnored = createMatcher(ignore, true);
  const byProgram = scope?.executable && createMatcher([scope.executable], true);
  const byPath = scope?.path && createMatcher([scope.path], true);
  const bySyscall = scope?.syscall && createMatcher([scope.syscall], true);
  return ({ kind, program, subject }) => {
    const isPath = pathKinds.has(kind);
    if (isPath && isIgnored(subject)) return false;
    if (byProgram && !byProgram(program) && !byProgram(nameOf(program))) return false;
    if (byPath && !(isPath && byPath(subject))) return false;
    return !bySyscall || (!isPath && bySyscall(subject.split(' ')[0]!));
  };
}
