import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
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
