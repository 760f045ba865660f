import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadReports, loadTrends, loadViews } from '../../lib/reports/catalogue.ts';
import { parseReport } from '../../lib/reports/report-header.ts';
import { findOne, ofType, type Resource, synthesize, textOf } from './synthesized.ts';

const folder = new URL('../../queries/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
const template = synthesize();
const queries = ofType(template, 'AWS::Athena::NamedQuery').map(([, query]) => query.Properties);

test('deploys the text of every query file as it stands, described by its header', () => {
  expect(queries.map((query) => `${query.Name}.sql`).sort()).toEqual(files.sort());
  for (const query of queries) {
    const text = readFileSync(new URL(`${query.Name}.sql`, folder), 'utf8');
    expect(query.QueryString).toBe(text);
    expect(query).toMatchObject({ Database: 'stracelake', WorkGroup: 'stracelake' });
    const { title, description } = parseReport(query.Name, text);
    expect(query.Description).toBe(`${title}. ${description}`);
  }
});

describe('the lists of named queries', () => {
  const lists = ofType(template, 'AWS::SSM::Parameter');

  test('hold the id of every named query once, as many as one request takes', () => {
    const ids = lists.map(([, { Properties }]) => idsOf(Properties));
    for (const part of ids) expect(part.length).toBeLessThanOrEqual(50);
    const all = ofType(template, 'AWS::Athena::NamedQuery').map(([id]) => id);
    expect(ids.flat().sort()).toEqual(all.sort());
  });

  test('fit into a parameter of no cost, 4 KB', () => {
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    for (const [, { Properties }] of lists) {
      expect(Properties.Tier).toBeUndefined();
      expect(
        idsOf(Properties)
          .map(() => uuid)
          .join(',').length,
      ).toBeLessThan(4096);
    }
  });

  test('are named to the report function, whose environment does not grow with them', () => {
    const [, report] = findOne(template, 'AWS::Lambda::Function', 'ApiReport');
    const variables = report.Properties.Environment.Variables;
    expect(textOf(variables.QUERY_LISTS).split(',')).toEqual(lists.map(([id]) => `\${${id}}`));
    const listed = JSON.stringify(report.Properties.Environment);
    for (const { name } of loadReports()) expect(listed).not.toContain(name.replaceAll('_', ''));
  });

  test('change their names when a query changes, so that functions read them again', () => {
    const [first, ...others] = [...loadReports(), ...loadTrends()];
    const changed = synthesize({}, [{ ...first!, sql: `${first!.sql}\n` }, ...others]);
    const same = synthesize({}, [first!, ...others]);
    expect(namesOf(same)).toEqual(namesOf(template));
    for (const name of namesOf(changed)) expect(namesOf(template)).not.toContain(name);
  });

  test('take a hundred reports', () => {
    const [report] = loadReports();
    const many = Array.from({ length: 101 }, (_, i) => ({
      ...report!,
      name: `report_${i}`,
      sql: 'SELECT 1',
    }));
    const parameters = ofType(synthesize({}, many), 'AWS::SSM::Parameter');
    expect(parameters.map(([, { Properties }]) => idsOf(Properties).length)).toEqual([50, 50, 1]);
  });

  function namesOf(synthesized: typeof template): string[] {
    return ofType(synthesized, 'AWS::SSM::Parameter').map(([, { Properties }]) => Properties.Name);
  }

  /** Logical ids of the queries in a list. */
  function idsOf({ Type, Value }: Resource['Properties']): string[] {
    expect(Type).toBe('StringList');
    const texts = textOf(Value).split(',');
    return texts.map((text) => /^\$\{(\w+)\.NamedQueryId\}$/.exec(text)![1]!);
  }
});

test.each(loadViews())('keeps the view $name in the form Athena reads', (view) => {
  const [, table] = ofType(template, 'AWS::Glue::Table').find(
    ([, { Properties }]) => Properties.TableInput.Name === view.name,
  )!;
  const input = table.Properties.TableInput;
  expect(input.Parameters).toEqual({ presto_view: 'true', comment: 'Presto View' });
  expect(input.Description).toBeUndefined();
  expect(input.ViewExpandedText).toBe('/* Presto View */');
  const [, encoded] = /^\/\* Presto View: (\S+) \*\/$/.exec(input.ViewOriginalText)!;
  const definition = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  expect(definition).toMatchObject({ catalog: 'awsdatacatalog', schema: 'stracelake' });
  expect(view.sql.endsWith(`${definition.originalSql}\n`)).toBe(true);
  expect(definition.originalSql).toMatch(/^(SELECT|WITH)\b/);
  const names = view.columns.map(({ name }) => name);
  expect(definition.columns.map(({ name }: { name: string }) => name)).toEqual(names);
  expect(input.StorageDescriptor.Columns.map(({ Name }: { Name: string }) => Name)).toEqual(names);
});
