import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadViews } from '../../lib/reports/catalogue.ts';
import { parseReport } from '../../lib/reports/report-header.ts';
import { findOne, ofType, synthesize } from './synthesized.ts';

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

test('hands the report function the id of every named query', () => {
  const [, report] = findOne(template, 'AWS::Lambda::Function', 'ApiReport');
  const text = JSON.stringify(report.Properties.Environment.Variables.NAMED_QUERIES);
  for (const [id, query] of ofType(template, 'AWS::Athena::NamedQuery')) {
    expect(text).toContain(query.Properties.Name);
    expect(text).toContain(JSON.stringify({ 'Fn::GetAtt': [id, 'NamedQueryId'] }));
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
