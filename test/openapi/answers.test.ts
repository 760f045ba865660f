import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportFormats } from '../../lib/exports/export-format.ts';
import { readyBudget } from '../../lib/gate/budget.ts';
import { judge } from '../../lib/gate/judge.ts';
import { verdictKey } from '../../lib/lake/gate-keys.ts';
import { readManifest } from '../../lib/lake/manifests.ts';
import { describeApi } from '../../lib/reports/api/openapi/document.ts';
import { createCatalogue, loadReports, loadTrends } from '../../lib/reports/catalogue.ts';
import { runOf } from '../gate/runs.ts';
import { ReportService } from '../lambdas/report-service.ts';
import { sampleRows } from '../reports/fixtures.ts';
import {
  AnswerChecker,
  type DocumentedOperation,
  type DocumentedParameter,
} from './answer-checker.ts';

const catalogue = createCatalogue([...loadReports(), ...loadTrends()]);
const checker = new AnswerChecker(describeApi(catalogue, { access: 'open' }, ''));
const operations = checker.operations().filter(({ method }) => method === 'get');
const failure = { title: 'Not an strace log', detail: 'Record with strace -o.' };
/** The same questions in every run; test:openapi asks others each time. */
const SEED = 20261123;
let service: ReportService;

beforeAll(async () => {
  service = await ReportService.start();
  await service.addSession('sample', sampleRows);
  await keepVerdict('sample');
  await service.addSession('coming', [], { status: 'ingesting', finished_at: null });
  await service.addSession('broken', [], { status: 'failed', failure });
});

afterAll(async () => {
  await service.stop();
});

it('asks every operation', () => {
  expect(operations.length).toBeGreaterThan(catalogue.size + 5);
});

describe.each(operations)('$path', (operation) => {
  it('answers as documented, whatever it is asked', { timeout: 60_000 }, async () => {
    service.failures.length = 0;
    const statuses: number[] = [];
    await fc.assert(
      fc.asyncProperty(requestOf(operation), async ({ target, headers }) => {
        const answer = await service.send(target, headers);
        expect(answer.status, `${target}: ${service.failures}`).not.toBe(500);
        checker.check(operation, target, answer);
        statuses.push(answer.status);
      }),
      { seed: SEED, numRuns: 12 },
    );
    expect(statuses.some((status) => status === 200 || status === 303)).toBe(true);
  });

  it('answers what is asked rightly', async () => {
    const path = fill(operation.path, { session: 'sample', format: 'ndjson' });
    const answer = await service.send(`${path}?${requiredOf(operation)}`);
    expect([200, 303], answer.text).toContain(answer.status);
    checker.check(operation, path, answer);
    const etag = answer.headers.etag;
    if (etag !== undefined) {
      const again = await service.send(`${path}?${requiredOf(operation)}`, {
        'if-none-match': etag,
      });
      expect(again.status).toBe(304);
      checker.check(operation, path, again);
    }
  });
});

it('documents what a service does that is busy, broken, or slow', async () => {
  const operation = operations.find(({ path }) => path.endsWith('/reports/summary'))!;
  const target = '/sessions/sample/reports/summary';
  const { engine } = service;
  const base = {
    start: engine.start.bind(engine),
    wait: engine.wait.bind(engine),
    page: engine.page.bind(engine),
    csvObject: engine.csvObject.bind(engine),
  };
  const { EngineBusyError } = await import('../../lib/reports/errors.ts');
  const fail = (error: Error) => async () => {
    throw error;
  };
  for (const [status, change] of [
    [503, { start: fail(new EngineBusyError('busy')) }],
    [500, { start: fail(new Error('broken')) }],
    [502, { wait: async () => ({ status: 'failed', message: 'no' }) as const }],
    [202, { wait: async () => ({ status: 'running' }) as const }],
  ] as const) {
    const answer = await service.send(target, {}, { engine: { ...base, ...change } });
    expect(answer.status).toBe(status);
    checker.check(operation, target, answer);
  }
});

/** What the gate would have said of a session. */
async function keepVerdict(session: string): Promise<void> {
  const { generation } = (await readManifest(service.store, 'lake', session))!;
  const budget = readyBudget({ assert: { programs: ['warn', { max: 0 }] } });
  const verdict = judge({ budget, head: [runOf('exec /bin/a /bin/a 1')] });
  const text = JSON.stringify({ generation, verdict });
  await service.store.writeText('lake', verdictKey(session), text);
}

function requestOf({ path, parameters }: DocumentedOperation) {
  const format = fc.constantFrom(...exportFormats.keys(), 'none');
  const session = fc.constantFrom('sample', 'sample', 'sample', 'coming', 'broken', 'none', '%20');
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const [cursors, others] = [query.filter(isPeculiar), query.filter((each) => !isPeculiar(each))];
  const values = recordOf(others);
  // Hardly any text is a cursor, a condition or a label: requests with one would come to nothing else.
  const cursor = fc.oneof(
    { arbitrary: fc.constant({}), weight: 9 },
    { arbitrary: recordOf(cursors), weight: 1 },
  );
  const accept = fc.constantFrom('*/*', 'text/csv', 'text/plain', 'application/json', 'image/png');
  return fc.record({ session, format, accept, values, cursor }).map((asked) => ({
    target: `${fill(path, asked)}?${new URLSearchParams({ ...asked.values, ...asked.cursor })}`,
    headers: { accept: asked.accept },
  }));
}

function fill(path: string, { session, format }: { session: string; format: string }): string {
  return path.replace('{session}', session).replace('{format}', format);
}

function isPeculiar({ name }: DocumentedParameter): boolean {
  return ['cursor', 'where', 'labels'].includes(name);
}

function recordOf(parameters: DocumentedParameter[]): fc.Arbitrary<Record<string, string>> {
  const values = Object.fromEntries(parameters.map((each) => [each.name, valueFor(each)]));
  const requiredKeys = parameters.filter(({ required }) => required).map(({ name }) => name);
  return fc.record(values, { requiredKeys }) as fc.Arbitrary<Record<string, string>>;
}

/** Mostly what the schema lets through, sometimes anything. */
function valueFor({ name, schema }: DocumentedParameter): fc.Arbitrary<string> {
  const junk = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const right = () => {
    if (name === 'session' || name === 'base') return fc.constantFrom('sample', 'none');
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema.examples) return fc.constantFrom(...schema.examples);
    if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern));
    if (schema.type === 'integer') return fc.integer({ min: 1, max: 100 }).map(String);
    if (schema.format === 'regex') return fc.constantFrom('^/usr', '\\.so$', '(a|b)+', '[^/]*');
    return junk;
  };
  return fc.oneof({ arbitrary: right(), weight: 30 }, { arbitrary: junk, weight: 1 });
}

/** The required parameters with values that are right for the session `sample`. */
function requiredOf({ parameters }: DocumentedOperation): string {
  const right: Record<string, string> = { integer: '100', string: 'sample' };
  const names = parameters.filter((each) => each.in === 'query' && each.required);
  return String(
    new URLSearchParams(
      names.map(({ name, schema }): [string, string] => [name, right[String(schema.type)]!]),
    ),
  );
}
