import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { installPython, root } from '../cloud/tools.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'stracelake-openapi-'));
let python: string;
let stack: LocalStack;

beforeAll(async () => {
  python = `${await installPython(`${root}test/openapi/requirements.txt`)}/python`;
  stack = await startStack({
    dataDir: join(folder, 'data'),
    host: '127.0.0.1',
    s3Port: 0,
    httpPort: 0,
  });
  await stack.idle();
});

afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('schemathesis finds nothing in the embedded stack', () => {
  test('that asks as documented, and as not', async () => {
    // No text but one that the service gave is a cursor; the other run asks with those.
    await attack(withoutCursors(await readDocument()), []);
  });

  test('that asks for pages that there are not', async () => {
    await attack(await readDocument(), [
      '--exclude-checks',
      'positive_data_acceptance',
      '--phases',
      'fuzzing',
    ]);
  });
});

/** The document but for the type application/sql, which schemathesis does not know how to send. */
async function readDocument(): Promise<string> {
  const document = await (await fetch(`${stack.apiUrl}/openapi.json`)).text();
  return JSON.stringify(
    JSON.parse(document, (key, value) => (key === 'application/sql' ? undefined : value)),
  );
}

function withoutCursors(document: string): string {
  return JSON.stringify(
    JSON.parse(document, (_, value) =>
      Array.isArray(value)
        ? value.filter(({ $ref }) => $ref !== '#/components/parameters/cursor')
        : value,
    ),
  );
}

/** Runs schemathesis; its report is the failure's text. Seeds differ from run to run and are in it. */
async function attack(document: string, options: string[]): Promise<void> {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, document);
  const config = ['--config-file', `${root}test/openapi/schemathesis.toml`];
  const args = [...config, 'run', file, '--url', stack.apiUrl, '--max-examples', '15'];
  const report = await run(python, ['-m', 'schemathesis.cli', ...args, ...options], {
    cwd: folder,
    maxBuffer: 1 << 26,
  }).catch(({ stdout, stderr }) => ({ stdout: `FAILED\n${stdout}${stderr}` }));
  if (report.stdout.startsWith('FAILED')) throw new Error(report.stdout.slice(-20_000));
  expect(report.stdout).toMatch(/Tested: +\d{2,}/);
}
