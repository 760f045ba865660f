import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadReports } from '../../lib/reports/catalogue.ts';
import { filtersOf } from '../../lib/reports/parameters.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { installPython, root } from '../cloud/tools.ts';

/** What is asked of two sessions at once: it takes texts, lists and times. */
const ATTACKED_DIFFERENCE = 'file_summary';

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
    // No schema can say which texts are cursors, or conditions on the columns of one report; the other
    // run asks with those.
    await attack(withoutParameters(await readDocument(), ['cursor', 'where']), []);
  });

  test('that asks for pages that there are not, under conditions that are none', async () => {
    await attack(await readDocument(), [
      '--exclude-checks',
      'positive_data_acceptance',
      '--phases',
      'fuzzing',
    ]);
  });
});

/**
 * The document but for the type application/sql, which schemathesis does not know how to send, and with
 * a report for each type of parameter, and one difference: all are answered by one route each.
 */
async function readDocument(): Promise<string> {
  const text = await (await fetch(`${stack.apiUrl}/openapi.json`)).text();
  const document = JSON.parse(text, (key, value) =>
    key === 'application/sql' ? undefined : value,
  );
  for (const { name } of loadReports().filter((report) => !attackedReports().has(report.name)))
    delete document.paths[`/sessions/{session}/reports/${name}`];
  for (const { name } of loadReports().filter((report) => report.name !== ATTACKED_DIFFERENCE))
    delete document.paths[`/sessions/{session}/diffs/${name}`];
  return JSON.stringify(document);
}

function attackedReports(): Set<string> {
  const byType = new Map<string, string>();
  for (const report of loadReports())
    for (const { type } of filtersOf(report)) byType.set(type, report.name);
  return new Set(byType.values());
}

function withoutParameters(document: string, names: string[]): string {
  const references = names.map((name) => `#/components/parameters/${name}`);
  return JSON.stringify(
    JSON.parse(document, (_, value) =>
      Array.isArray(value) ? value.filter((item) => !references.includes(item?.$ref)) : value,
    ),
  );
}

/** Runs schemathesis; its report is the failure's text. The seed is in it: SEED gives it again. */
async function attack(document: string, options: string[]): Promise<void> {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, document);
  const config = ['--config-file', `${root}test/openapi/schemathesis.toml`];
  const seed = process.env.SEED ? ['--seed', process.env.SEED] : [];
  const args = [...config, 'run', file, '--url', stack.apiUrl, '--max-examples', '15', ...seed];
  const report = await run(python, ['-m', 'schemathesis.cli', ...args, ...options], {
    cwd: folder,
    maxBuffer: 1 << 26,
  }).catch(({ stdout, stderr }) => ({ stdout: `FAILED\n${stdout}${stderr}` }));
  if (report.stdout.startsWith('FAILED')) throw new Error(report.stdout.slice(-20_000));
  expect(report.stdout).toMatch(/Tested: +\d{2,}/);
}
