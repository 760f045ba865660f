import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCatalogue, loadReports, loadTrends, loadView } from '../../lib/reports/catalogue.ts';
import { parseReport } from '../../lib/reports/report-header.ts';

const good = [
  '-- title: Good',
  '-- description: One line',
  '--   and another.',
  '-- parameter: session string: Session.',
  '-- parameter: path string =: Text; empty is all.',
  '-- parameter: since time = 0: From: then on.',
  '-- column: count bigint: How many.',
  '',
  'SELECT COUNT(*) AS count FROM calls WHERE session = ? AND strpos(path, ?) > 0 AND a < ?',
];

describe('parseReport', () => {
  it('reads title, description, parameters and columns', () => {
    const sql = good.join('\n');
    expect(parseReport('good', sql)).toEqual({
      name: 'good',
      title: 'Good',
      description: 'One line and another.',
      parameters: [
        { name: 'session', type: 'string', description: 'Session.' },
        { name: 'path', type: 'string', default: '', description: 'Text; empty is all.' },
        { name: 'since', type: 'time', default: '0', description: 'From: then on.' },
      ],
      columns: [{ name: 'count', type: 'bigint', description: 'How many.' }],
      sql,
    });
  });

  it('reads the bounds of a number', () => {
    const line = '-- parameter: since integer(1..40) = 7: How many: at most 40.';
    expect(parseReport('good', good.with(5, line).join('\n')).parameters[2]).toEqual({
      name: 'since',
      type: 'integer',
      default: '7',
      range: [1, 40],
      description: 'How many: at most 40.',
    });
  });

  it('reads by which columns rows are matched, what is compared, and what says most', () => {
    const sql = good.with(7, '-- key: count\n-- measures: count\n-- brief: count\n').join('\n');
    const names = { key: ['count'], measures: ['count'], brief: ['count'] };
    expect(parseReport('good', sql)).toMatchObject(names);
  });

  it.each<[number, string, string]>([
    [0, '-- author: me', 'x.sql:1: header key unknown: author'],
    [0, '', 'x.sql:1: title missing'],
    [0, '--title: Good', 'x.sql:1: header line not understood: --title: Good'],
    [1, '-- title: Good', 'x.sql:2: title given twice'],
    [3, '-- parameter: session', 'x.sql:4: parameter is not "name type = default: text": session'],
    [3, '-- parameter: session text: S', 'x.sql:4: parameter type unknown: text'],
    [4, '-- column: x map: A map', 'x.sql:5: column type unknown: map'],
    [6, '-- parameter: x string: X', 'x.sql:1: column missing'],
    [8, 'SELECT 1 WHERE session = ?', 'x.sql:1: parameters declared 3, placeholders used 1'],
    [8, "SELECT '?' WHERE a = ? AND ? = ?", 'x.sql:9: question mark in a comment or a text'],
    [7, '-- key: count, path', 'x.sql:8: column not found: path'],
    [7, '-- measures: sum', 'x.sql:8: column not found: sum'],
    [6, '-- column: x bigint: Why?', 'x.sql:7: question mark in a comment or a text'],
  ])('refuses line %i as "%s"', (index, line, message) => {
    const sql = good.with(index, line).join('\n');
    expect(() => parseReport('x', sql)).toThrow(message);
  });
});

describe('the catalogue', () => {
  it('refuses a parameter that would be a control of the API', () => {
    const sql = good.join('\n').replace('path string', 'sort string');
    expect(() => createCatalogue([parseReport('x', sql)])).toThrow(
      'x.sql:1: parameter is a control of the API: sort',
    );
  });

  it('has every report in the order of its name', () => {
    const names = loadReports().map(({ name }) => name);
    expect([...createCatalogue(loadReports()).keys()]).toEqual(names.sort());
  });

  it('keeps to what Athena asks of a query: session first, placeholders only in WHERE', () => {
    for (const { sql } of loadReports()) {
      expect(sql.indexOf('?')).toBe(sql.indexOf('WHERE session = ?') + 'WHERE session = '.length);
      for (const { index } of sql.matchAll(/[?]/g)) {
        const clauses = sql.slice(0, index).match(/\b(SELECT|FROM|ON|WHERE|GROUP BY|ORDER BY)\b/g);
        expect(clauses!.at(-1)).toBe('WHERE');
      }
      expect(sql).toMatch(/\nORDER BY [^()]+\n$/);
    }
  });

  it('asks for days first in every report across sessions, so that no others are read', () => {
    for (const { sql } of loadTrends()) {
      const [, head = ''] = /^(?:--.*\n)*([^?]*\?[^?]*\?)/.exec(sql) ?? [];
      expect(head).toMatch(/\n {2}FROM call_stats\n {2}WHERE day >= \?\n {4}AND day <= \?$/);
      for (const { index } of sql.matchAll(/[?]/g)) {
        const clauses = sql.slice(0, index).match(/\b(SELECT|FROM|ON|WHERE|GROUP BY|ORDER BY)\b/g);
        expect(clauses!.at(-1)).toBe('WHERE');
      }
      expect(sql).toMatch(/\nORDER BY recorded DESC, recorded_ns DESC, [^()]+\n$/);
    }
  });

  it('has the view under the names of the original', () => {
    expect(loadView('strace').columns.map((column) => column.name)).toEqual([
      'session',
      'seq',
      ...createCatalogue(loadReports())
        .get('calls')!
        .columns.map((column) => column.name),
    ]);
  });

  it('refuses a report that is not about one session, naming the file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'stracelake-'));
    const text = good.filter((line) => !line.includes('session string')).join('\n');
    writeFileSync(join(folder, 'all.sql'), text.replace('session = ? AND ', ''));
    const reports = loadReports(folder);
    rmSync(folder, { recursive: true });
    expect(() => createCatalogue(reports)).toThrow(
      'all.sql:1: first parameter is not a required session',
    );
  });
});
