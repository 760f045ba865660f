import { spawnSync } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

const branchVariables = [
  'CI_COMMIT_REF_NAME',
  'BRANCH_NAME',
  'CIRCLE_BRANCH',
  'BUILDKITE_BRANCH',
  'BITBUCKET_BRANCH',
  'DRONE_BRANCH',
  'BUILD_SOURCEBRANCHNAME',
  'GIT_BRANCH',
];
const commitVariables = [
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'GIT_COMMIT',
  'CIRCLE_SHA1',
  'BUILDKITE_COMMIT',
  'BITBUCKET_COMMIT',
  'DRONE_COMMIT_SHA',
  'BUILD_SOURCEVERSION',
];

/** Branch and commit of a run, as its CI system tells them, else the repository of `folder`. */
export function findBranch(env: Environment, folder: string): { branch?: string; commit?: string } {
  const branch = githubBranch(env) ?? firstOf(env, branchVariables) ?? ask(folder, '--abbrev-ref');
  const commit = firstOf(env, commitVariables) ?? ask(folder, '--verify');
  return {
    ...(branch && branch !== 'HEAD' && { branch: branch.replace(/^origin\//, '') }),
    ...(commit && { commit }),
  };
}

/** A fork's branch may have the name of ours: what it does must not become our baseline. */
function githubBranch(env: Environment): string | undefined {
  const { GITHUB_HEAD_REF: head, GITHUB_BASE_REF: base, GITHUB_REF_NAME: ref } = env;
  return (head && head !== base ? head : ref) || undefined;
}

function firstOf(env: Environment, names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find(Boolean);
}

function ask(folder: string, what: string): string | undefined {
  const { status, stdout } = spawnSync('git', ['rev-parse', what, 'HEAD'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() || undefined : undefined;
}
