import { expect, it } from 'vitest';
import { createCatalogue, loadReports } from '../../lib/reports/catalogue.ts';

const catalogue = createCatalogue(loadReports());

it('files and programs are compared by the same rules for paths', () => {
  const [files, programs] = ['diff_files', 'diff_programs'].map((name) => {
    const { sql, description } = catalogue.get(name)!;
    const stated = description.slice(description.indexOf('Parts of paths that differ'));
    return { stated, applied: between(sql, 'temporary AS (', 'totals AS (') };
  });
  expect(programs).toEqual(files);
});

it('every row of the overview names a report that there is', () => {
  const keys = between(catalogue.get('overview')!.sql, 'keys (position', 'measured AS (');
  const named = [...keys.matchAll(/, '(\w+)'\),?$/gm)].map(([, report]) => report!);
  expect(named.length).toBeGreaterThan(20);
  for (const name of [...named, 'process_tree', 'process_table', 'connections'])
    expect([...catalogue.keys()]).toContain(name);
});

function between(text: string, from: string, to: string): string {
  const start = text.indexOf(from);
  const end = text.indexOf(to, start);
  expect([start, end]).not.toContain(-1);
  return text.slice(start, end);
}
