import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { optionNames } from '../../lib/stack/option-names.ts';
import { readOptions } from '../../lib/stack/options.ts';
import { ofType, synthesize } from './synthesized.ts';

describe('docs/deploy.md', () => {
  const rows = tableRows('deploy.md', 4).filter(([name]) => name.startsWith('`'));

  test('has every option and no other, with its default', () => {
    expect(rows.map(([name]) => name.replaceAll('`', ''))).toEqual([...optionNames]);
    const defaults = { ...readOptions(() => undefined), auth: 'iam' } as Record<string, unknown>;
    for (const [name, text] of rows) {
      const value = defaults[name.replaceAll('`', '')];
      const isNone = value === undefined && (text === '' || text === 'none');
      expect(isNone || text.replaceAll('`', '') === String(value), name).toBe(true);
    }
  });
});

test('docs/deploy.md names every table that the console shows', () => {
  const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
  const [, section] = page.split("## In Athena's console");
  const tables = ofType(synthesize(), 'AWS::Glue::Table').map(
    ([, { Properties }]) => Properties.TableInput.Name,
  );
  for (const name of tables) expect(section).toContain(`\`${name}\``);
});

describe('docs/cost.md', () => {
  const rows = tableRows('cost.md', 5);
  const items = rows.filter(([, amount]) => /^[\d.]+$/.test(amount));

  test('multiplies right', () => {
    for (const [item, amount, price, dollars] of items) {
      expect((Number(amount) * Number(price)).toFixed(2), item).toBe(dollars);
    }
  });

  test('counts the alarms and dashboards that there are', () => {
    const template = synthesize();
    const metrics = ofType(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => {
      const { Metrics = [{ MetricStat: {} }] } = Properties;
      return Metrics.filter((metric: { MetricStat?: object }) => metric.MetricStat).length;
    });
    expect(amountOf('alarms, by the metrics they read')).toBe(
      metrics.reduce((sum, count) => sum + count, 0),
    );
    const dashboards = ofType(template, 'AWS::CloudWatch::Dashboard');
    expect(amountOf('dashboards')).toBe(dashboards.length);
  });

  test('adds up', () => {
    const total = items.reduce((sum, [, , , dollars]) => sum + Number(dollars), 0);
    expect(rows.at(-1)).toEqual(['**total**', '', '', `**${total.toFixed(2)}**`]);
  });
});

function amountOf(item: string): number {
  return Number(tableRows('cost.md', 5).find(([name]) => name === item)?.[1]);
}

/** Cells of the rows of a page's tables that have so many bars. */
function tableRows(page: string, bars: number): string[][] {
  return readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|') && line.split('|').length === bars + 1)
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}
