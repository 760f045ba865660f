import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { postPaths, routes } from '../../lib/reports/api/answer.ts';
import { describeApi } from '../../lib/reports/api/openapi/document.ts';
import { createCatalogue, loadReports, loadTrends } from '../../lib/reports/catalogue.ts';
import { filtersOf } from '../../lib/reports/parameters.ts';
import { isTrend } from '../../lib/reports/report.ts';
import { AnswerChecker } from './answer-checker.ts';

const reports = [...loadReports(), ...loadTrends()];
const features = [{ access: 'open', sql: true }, { access: 'authorized' }] as const;

describe.each(features)('the document of a service that is $access', (feature) => {
  const document = describeApi(createCatalogue(reports), feature, '/stage');
  const operations = new AnswerChecker(document).operations();

  it('is clean under the strict rules of a linter', async () => {
    expect(await lint(document)).toEqual([]);
  });

  it('has every route, and no other', () => {
    const paths = new Set(
      operations
        .filter(({ method }) => method === 'get')
        .map(({ path }) => path.replace(/(\/(reports|diffs)\/)\w+$/, '$1{report}')),
    );
    expect([...paths].sort()).toEqual(routes.map(({ path }) => path).sort());
    const posts = operations.filter(({ method }) => method === 'post').map(({ path }) => path);
    expect(posts).toEqual(postPaths(feature));
  });

  it.each(reports)('has every parameter of $name', (report) => {
    const folder = isTrend(report) ? '' : '/sessions/{session}';
    const path = `${folder}/reports/${report.name}`;
    const operation = operations.find((each) => each.path === path)!;
    expect(operation.parameters.map(({ name }) => name)).toEqual([
      ...(isTrend(report) ? [] : ['session']),
      ...filtersOf(report).map(({ name }) => name),
      'limit',
      'columns',
      'sort',
      'where',
      'format',
      'cursor',
      'if-none-match',
    ]);
  });

  it.each(reports.filter(({ key }) => key))('has the difference that $name finds', ({ name }) => {
    const path = `/sessions/{session}/diffs/${name}`;
    const [own, difference] = [`/sessions/{session}/reports/${name}`, path].map((wanted) =>
      operations.find((each) => each.path === wanted)!.parameters.map((each) => each.name),
    );
    expect(difference.toSorted()).toEqual([...own, 'base'].sort());
  });
});

it('is not found clean when it is not', async () => {
  const document = describeApi(createCatalogue(reports), { access: 'authorized' }, '');
  const broken = structuredClone(document) as {
    security: unknown[];
    paths: Record<string, unknown>;
  };
  broken.security = [{ password: [] }];
  broken.paths['/more'] = { get: { responses: { 200: { $ref: '#/components/responses/None' } } } };
  const rules = (await lint(broken)).map(({ ruleId }) => ruleId);
  for (const rule of ['security-defined', 'no-unresolved-refs', 'operation-operationId'])
    expect(rules).toContain(rule);
});

async function lint(document: unknown) {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const source = JSON.stringify(document);
  const problems = await lintFromString({ source, config, absoluteRef: '/openapi.json' });
  return problems.map(({ ruleId, message, location }) => ({
    ruleId,
    message,
    where: location[0]?.pointer,
  }));
}
