import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCatalogue, loadReports } from '../../lib/reports/catalogue.ts';
import type { SqlValue } from '../../lib/reports/engine.ts';
import { renderCsv } from '../../lib/reports/render/csv.ts';
import { renderJson } from '../../lib/reports/render/json.ts';
import { renderTable } from '../../lib/reports/render/table.ts';
import { renderText } from '../../lib/reports/render/text.ts';
import { parsePrinted } from './printed-report.ts';

const folder = new URL('./reference/', import.meta.url);
const catalogue = createCatalogue(loadReports());
// Printed by stracepy under the title of file_access; ours is the report's own.
const ownTitles = new Map([['file_access_errors', 'File accesses in chronological order']]);

describe('text', () => {
  const printed = readdirSync(folder).filter((file) => file.endsWith('.txt'));

  it.each(printed)('prints the rows of %s byte for byte as stracepy does', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const name = file.split('.')[1]!;
    const sections = parsePrinted(text);
    const columns = [
      'section',
      'count',
      ...catalogue.get('file_access')!.columns.map((c) => c.name),
    ];
    const titleOf = (title: string) =>
      [...catalogue.values()].find((report) => report.title === title)?.name ?? name;
    const again =
      name === 'summary'
        ? renderText(
            catalogue,
            catalogue.get('summary')!,
            columns,
            sections.flatMap(({ title, columns: own, rows }) =>
              rows.map((row) =>
                columns.map((column) =>
                  column === 'section' ? titleOf(title) : (row[own.indexOf(column)] ?? null),
                ),
              ),
            ),
          )
        : sections
            .map((part) => renderText(catalogue, catalogue.get(name)!, part.columns, part.rows))
            .join('');
    expect(sections.length).toBeGreaterThan(0);
    const ownTitle = ownTitles.get(name);
    if (ownTitle === undefined) return expect(again).toBe(text);
    expect(again).toContain(ownTitle);
    expect(withoutTitle(again)).toBe(withoutTitle(text));
  });

  const cases = JSON.parse(readFileSync(new URL('tabulate-0.9.0.json', folder), 'utf8')) as {
    name: string;
    columns: string[];
    rows: SqlValue[][];
    text: string;
  }[];

  it.each(cases)('lays a table out as tabulate does: $name', ({ columns, rows, text }) => {
    expect(renderTable(columns, rows)).toBe(text);
  });

  it('prints nothing for a report without rows', () => {
    expect(renderText(catalogue, catalogue.get('count_files')!, ['count'], [])).toBe('');
  });

  it('keeps a row on its line and escapes what would steer a terminal', () => {
    expect(renderTable(['path'], [['/tmp/a\nb\x1b[31m\x7f']]).split('\n')).toEqual([
      ' path',
      '-----------------------',
      ' /tmp/a\\nb\\033[31m\\177',
    ]);
  });
});

describe('csv', () => {
  const columns = ['a', 'b'];
  const rows: SqlValue[][] = [
    ['x', 'say "hi", twice'],
    [null, 'two\nlines'],
    [12n, ['p', 'q']],
  ];

  it('quotes only where RFC 4180 asks for it', () => {
    expect(renderCsv(columns, rows, 'minimal')).toBe(
      'a,b\r\nx,"say ""hi"", twice"\r\n,"two\nlines"\r\n12,"[""p"",""q""]"\r\n',
    );
  });

  it('quotes every field, as pandas does, when asked', () => {
    expect(renderCsv(columns, rows.slice(0, 1), 'all')).toBe('"a","b"\n"x","say ""hi"", twice"\n');
  });
});

describe('json', () => {
  it('gives rows as objects and keeps the digits of big integers', () => {
    const head = { session: 's', report: 'r', columns: [{ name: 'n', type: 'bigint' }] };
    const text = renderJson({ ...head, next: '/x' }, [[9223372036854775807n], [null]]);
    expect(text).toContain('"rows":[{"n":9223372036854775807},{"n":null}],"next":"/x"}');
    expect(JSON.parse(text)).toMatchObject(head);
    expect(JSON.parse(renderJson(head, []))).toEqual({ ...head, rows: [] });
  });
});

function withoutTitle(text: string): string {
  return text.slice(text.indexOf(':\n'));
}
