import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installPython, root } from './tools.ts';

const run = promisify(execFile);

let command: Promise<string[]> | undefined;

/**
 * Runs the AWS CLI, the machine's or else one in the cache, and gives what it prints; throws when it
 * fails. `environment` says where AWS is and with which keys.
 */
export async function runAws(
  environment: Record<string, string>,
  args: readonly string[],
): Promise<string> {
  command ??= findCommand();
  const [program, ...first] = await command;
  // Version 1 of the CLI does not take the endpoint of SQS from the environment.
  const { AWS_ENDPOINT_URL: url } = environment;
  const endpoint = url ? ['--endpoint-url', url] : [];
  const { stdout } = await run(program, [...first, ...endpoint, ...args], {
    env: { ...process.env, AWS_PAGER: '', ...environment },
  });
  return stdout;
}

async function findCommand(): Promise<string[]> {
  try {
    await run('aws', ['--version']);
    return ['aws'];
  } catch {
    const programs = await installPython(`${root}test/cloud/aws-cli-requirements.txt`);
    return [`${programs}/python`, '-m', 'awscli'];
  }
}
