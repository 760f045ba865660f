import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesizeApp } from './deployment.ts';
import { installPython, root } from './tools.ts';

const run = promisify(execFile);
// The package is no program that python -m could run.
const CFN_LINT = 'import sys; from cfnlint.runner import main; sys.exit(main())';
const folder = mkdtempSync(join(tmpdir(), 'stracelake-lint-'));
let programs: string;

beforeAll(async () => {
  programs = await installPython(`${root}test/cloud/cfn-lint-requirements.txt`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['the defaults', []],
  [
    'everything chosen',
    [
      'alarmEmail=ops@example.org',
      'corsOrigin=https://ci.example.org',
      'auth=jwt',
      'jwtIssuer=https://issuer.example',
      'jwtAudience=x',
      'jwtClaims={"sub":["x"]}',
      'pageClientId=client',
    ],
  ],
])('cfn-lint has nothing to say to the template with %s', async (name, context) => {
  const out = join(folder, name.replace(' ', '-'));
  await synthesizeApp(out, context);
  const template = join(out, 'Stracelake.template.json');
  // W3005: CDK writes dependencies that a reference implies already.
  const lint = run(`${programs}/python`, ['-c', CFN_LINT, '-i', 'W3005', '--', template]);
  await expect(lint).resolves.toMatchObject({ stdout: '' });
});
