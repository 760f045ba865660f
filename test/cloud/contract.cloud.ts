import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeContract } from '../contract/contract.ts';
import { startDeployedService } from './deployed-target.ts';
import { startEmulatedService } from './emulator-target.ts';
import { requireTool, root } from './tools.ts';

const run = promisify(execFile);
const stack = process.env.STRACELAKE_STACK;
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

if (stack) describeContract(`the deployed stack ${stack}`, () => startDeployedService(stack));
else test.skip('a deployed stack: name one in STRACELAKE_STACK');
