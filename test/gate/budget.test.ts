import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseBudget, readyBudget } from '../../lib/gate/budget.ts';
import { budgetJsonSchema } from '../../lib/gate/budget-schema.ts';
import { findMetric } from '../../lib/gate/metrics.ts';
import { presets } from '../../lib/gate/presets.ts';

describe('a budget that cannot be used says where and what to do', () => {
  it.each([
    ['{"assert": {', 'b.json is no JSON'],
    ['{"asert": {}}', 'top: nothing is called asert; there are $schema, extends, baseline'],
    [
      '{"assert": {"new_program": "error"}}',
      'assert: nothing is called new_program; is it one of programs, new_programs',
    ],
    ['{"assert": {"new_files": "error"}}', 'is it one of files_read, new_files_read'],
    [
      '{"assert": {"syscalls_total": "fail"}}',
      'assert.syscalls_total: "fail" is none of off, warn, error',
    ],
    [
      '{"assert": {"syscalls_total": 7}}',
      'assert.syscalls_total: give off, warn or error, or a pair',
    ],
    [
      '{"assert": {"syscalls_total": ["error", {"maximum": 1}]}}',
      'assert.syscalls_total.1: nothing is called maximum; there are max, min',
    ],
    ['{"extends": ["no-net"]}', 'extends.0: "no-net" is none of recommended, no-network'],
    ['{"runs": 0}', 'runs: must be >= 1'],
    [
      '{"normalise": [{"pattern": "(", "replace": ""}]}',
      'normalise.0.pattern: is no regular expression',
    ],
    ['{"scopes": [{"assert": {}}]}', "scopes.0: must have required property 'scope'"],
    ['[]', 'top: must be object, this is []'],
  ])('%s', (text, message) => {
    expect(() => parseBudget(text, 'b.json')).toThrow(message);
  });
});

describe('a budget', () => {
  it('that says nothing is recommended, and asks that the command succeeds', () => {
    const names = readyBudget({}).demands.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['exit_code', ...Object.keys(presets.recommended)]),
    );
  });

  it('that asserts something has no preset, but for the exit code', () => {
    const { demands } = readyBudget(parseBudget('{"assert": {"syscalls:fsync": "error"}}', 'b'));
    expect(demands.map(({ name }) => name)).toEqual(['exit_code', 'syscalls:fsync']);
  });

  it('says otherwise than its presets, the later ones otherwise than the earlier', () => {
    const { demands } = readyBudget({
      extends: ['recommended', 'startup'],
      assert: { new_programs: 'off', processes: ['warn', { max: 7 }] },
    });
    const options = new Map(demands.map(({ name, options }) => [name, options]));
    expect(options.has('new_programs')).toBe(false);
    expect(options.get('processes')).toEqual({ max: 7 });
    expect(options.get('sleep_ms')).toEqual({ maxIncrease: 0 });
  });

  it('judges a scope apart from the rest', () => {
    const { demands } = readyBudget({
      assert: { processes: 'off' },
      scopes: [{ scope: { executable: 'npm*' }, assert: { endpoints: 'error' } }],
    });
    expect(demands.at(-1)).toEqual({
      name: 'endpoints',
      level: 'error',
      options: { scope: { executable: 'npm*' } },
    });
  });
});

describe('the presets', () => {
  it.each(Object.entries(presets))('%s can be written as a budget', (name, assert) => {
    const text = JSON.stringify({ assert });
    expect(Object.keys(parseBudget(text, name).assert!)).toEqual(Object.keys(assert));
    for (const key of Object.keys(assert)) expect(findMetric(key), key).toBeDefined();
  });
});

it('the schema that editors read is the one that is checked', () => {
  const file = fileURLToPath(new URL('../../docs/budget.schema.json', import.meta.url));
  const text = `${JSON.stringify(budgetJsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE) writeFileSync(file, text);
  expect(readFileSync(file, 'utf8'), 'UPDATE=1 npx vitest run test/gate/budget').toBe(text);
});
