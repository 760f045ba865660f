import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AwsClient } from 'aws4fetch';
import { expect, test } from 'vitest';
import { describeContract } from '../contract/contract.ts';
import { runAws } from './aws-cli.ts';
import { startDeployedService } from './deployed-target.ts';
import { type EmulatedService, startEmulatedService } from './emulator-target.ts';
import { requireTool, root } from './tools.ts';

const run = promisify(execFile);
const stack = process.env.STRACELAKE_STACK;
const EMULATED_ACCOUNT = '000000000000';
/** So many copies of a log that no answer holds its calls. */
const COPIES = 25;

describeContract(
  'the stack on an emulator of AWS, IAM enforced',
  () => startEmulatedService(),
  (client, session) => {
    test('prints lines that upload a log and fetch its summary', async () => {
      await requireTool('curl', ['--version'], 'apt-get install curl');
      const { outputs, environment } = client().target;
      const folder = mkdtempSync(join(tmpdir(), 'stracelake-lines-'));
      cpSync(`${root}test/logs/gcc.log`, join(folder, 'app.log'));
      const type = (line: string) =>
        run('bash', ['-c', line], { cwd: folder, env: { ...process.env, ...environment } });
      try {
        await type(outputs.UploadCommand);
        await client().waitForSession('app');
        const { stdout } = await type(outputs.ReportCommand);
        expect(stdout).toContain('/usr/bin/gcc');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test('gives all calls to who types the lines of docs/deploy.md', async () => {
      const { outputs, environment } = client().target;
      const log = readFileSync(`${root}test/logs/gcc.log`, 'utf8').repeat(COPIES);
      const folder = mkdtempSync(join(tmpdir(), 'stracelake-lines-'));
      try {
        writeFileSync(join(folder, 'all.log'), log);
        await client().upload(join(folder, 'all.log'), 'logs/all.log');
        await client().waitForSession('all');
        await client().fetchReport('/sessions/all/calls.csv');
        const once = (await client().fetchReport(`/sessions/${session()}/calls.csv`)).text;
        const calls = once.trimEnd().split('\n').length - 1;
        const [, line] = readFileSync(`${root}docs/deploy.md`, 'utf8').match(/^(large=.*\n.*)\n/m)!;
        const [, signature, api] = /^curl (.*) "(.*)\/sessions\//.exec(outputs.ReportCommand)!;
        const typed = line
          .replace('--aws-sigv4 …', () => signature)
          .replace('https://….amazonaws.com', () => api)
          .replaceAll('sessions/app', 'sessions/all');
        const env = { ...process.env, ...environment };
        await run('bash', ['-ec', typed], { cwd: folder, env });
        const csv = readFileSync(join(folder, 'calls.csv'), 'utf8');
        expect(csv.trimEnd().split('\n')).toHaveLength(COPIES * calls + 1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test('answers the command line, which signs with the keys it finds', async () => {
      const { apiUrl, environment } = client().target;
      const folder = mkdtempSync(join(tmpdir(), 'stracelake-cli-'));
      const type = async (...args: string[]) => {
        const service = ['--url', apiUrl, '--sign', environment.AWS_REGION];
        const env = { ...process.env, ...environment };
        const command = [`${root}bin/stracelake.js`, ...args, ...service];
        return (await run('node', command, { cwd: folder, env })).stdout;
      };
      try {
        cpSync(`${root}test/logs/gcc.log`, join(folder, 'typed.log'));
        const address = await type('upload', 'typed.log');
        expect(address.trim()).toBe(`${apiUrl}/sessions/typed`);
        expect(await type('report', 'typed', 'programs_executed')).toContain('/usr/bin/gcc');
        await type('export', 'typed', 'csv', '--out', 'typed.csv');
        const { rows } = await client().waitForSession('typed');
        const text = readFileSync(join(folder, 'typed.csv'), 'utf8');
        expect(text.trimEnd().split('\n')).toHaveLength(rows! + 1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test('lets in whom the policy of docs/deploy.md lets in, and to no more', async () => {
      const { apiUrl, environment, uploadsBucket, lakeBucket } = client().target;
      const user = ['--user-name', 'reader'];
      await client().aws('iam', 'create-user', ...user);
      const policy = ['--policy-name', 'docs', '--policy-document', policyFor(client().target)];
      await client().aws('iam', 'put-user-policy', ...user, ...policy);
      const made = await client().aws('iam', 'create-access-key', ...user, '--output', 'json');
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } =
        JSON.parse(made).AccessKey;
      const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };

      const signing = { region: environment.AWS_REGION, service: 'execute-api', retries: 0 };
      const reader = new AwsClient({ accessKeyId, secretAccessKey, ...signing });
      const stranger = new AwsClient({ accessKeyId: 'AKIASTRANGER', secretAccessKey, ...signing });
      const statusOf = async (who: AwsClient, path: string, method = 'GET') =>
        (await who.fetch(`${apiUrl}${path}`, { method })).status;
      expect(await statusOf(reader, `/sessions/${session()}/reports/summary`)).toBe(200);
      expect(await statusOf(reader, '/uploads', 'POST')).toBe(403);
      expect(await statusOf(stranger, '/sessions')).toBe(403);

      const copy = (target: string) =>
        runAws({ ...environment, ...keys }, [
          ...['s3', 'cp', '--only-show-errors', `${root}test/logs/gcc.log`, `s3://${target}`],
        ]);
      await copy(`${uploadsBucket}/logs/readers.log`);
      await client().waitForSession('readers');
      await expect(copy(`${uploadsBucket}/elsewhere.log`)).rejects.toThrow('AccessDenied');
      await expect(copy(`${lakeBucket}/calls/readers.log`)).rejects.toThrow('AccessDenied');
    });

    test('answers a report again without another query', async () => {
      const path = `/sessions/${session()}/reports/count_files`;
      const first = await client().fetchReport(path);
      const before = await listExecutions();
      const again = await client().fetchReport(path);
      expect(again.text).toBe(first.text);
      expect(await listExecutions()).toEqual(before);
      await client().fetchReport(`${path}?format=csv`);
      expect(await listExecutions()).toEqual(before);
    });

    async function listExecutions(): Promise<string[]> {
      const workGroup = client().target.outputs.WorkGroup;
      const text = await client().aws('athena', 'list-query-executions', '--work-group', workGroup);
      return JSON.parse(text).QueryExecutionIds;
    }
  },
);

/** The policy of docs/deploy.md with the names of a service on the emulator. */
function policyFor({ uploadsBucket, apiUrl, environment }: EmulatedService): string {
  const page = readFileSync(`${root}docs/deploy.md`, 'utf8');
  const [, policy] = /```json\n(\{\s+"Version".*?)```/s.exec(page)!;
  const [, apiId] = /execute-api\/(\w+)\//.exec(apiUrl)!;
  return policy
    .replace('UPLOADS_BUCKET', uploadsBucket)
    .replace('REGION', environment.AWS_REGION)
    .replace('ACCOUNT', EMULATED_ACCOUNT)
    .replace('API_ID', apiId);
}

if (stack) describeContract(`the deployed stack ${stack}`, () => startDeployedService(stack));
else test.skip('a deployed stack: name one in STRACELAKE_STACK');
