import { Ajv } from 'ajv';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { fitTable } from '../../cli/fitted-table.ts';
import { baselineOf } from '../../lib/gate/baseline.ts';
import { readyBudget } from '../../lib/gate/budget.ts';
import { judge } from '../../lib/gate/judge.ts';
import { printBadge, printShield } from '../../lib/gate/print/badge.ts';
import { printJunit } from '../../lib/gate/print/junit.ts';
import { COMMENT_MARK, printMarkdown } from '../../lib/gate/print/markdown.ts';
import { printSarif } from '../../lib/gate/print/sarif.ts';
import { printTerminal, type TerminalLook } from '../../lib/gate/print/terminal.ts';
import { runOf } from './runs.ts';

const identity = (text: string) => text;
const look = (width?: number): TerminalLook => ({
  paint: (_style, text) => text,
  table: (headers, rows) =>
    fitTable(headers, rows, width ?? 150, { header: identity, rule: identity }),
  width,
});
const base = runOf('call /bin/a read 10', 'total - exit_code 0');
const head = runOf(
  'call /bin/a read 90',
  'exec /bin/c <&"`|` /bin/c <&"`|`\u0001 1',
  'total - exit_code 0',
);
const budget = readyBudget({
  assert: {
    new_programs: 'error',
    syscalls_total: ['warn', { maxRatio: 2 }],
    wall_ms: ['warn', { max: 9 }],
  },
});
const verdict = judge({
  budget,
  head: [head],
  baseline: baselineOf([{ name: 'base', facts: base.facts }]),
});

const text = { type: 'string', minLength: 1 };
const only = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
/** What SARIF 2.1.0 says of the parts that are written, and no others. */
const isSarif = new Ajv({
  strict: false,
  formats: { uri: true, 'uri-reference': isReference },
}).compile(
  only({
    $schema: { type: 'string', format: 'uri' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: only({
        tool: only({
          driver: only({
            name: text,
            rules: {
              type: 'array',
              uniqueItems: true,
              items: only({ id: text, shortDescription: only({ text }) }),
            },
          }),
        }),
        results: {
          type: 'array',
          items: only({
            ruleId: text,
            level: { enum: ['none', 'note', 'warning', 'error'] },
            message: only({ text }),
            locations: {
              type: 'array',
              items: only(
                {
                  physicalLocation: only({
                    artifactLocation: only({ uri: { type: 'string', format: 'uri-reference' } }),
                    region: only({ startLine: { type: 'integer', minimum: 1 } }),
                  }),
                  logicalLocations: {
                    type: 'array',
                    items: only({ fullyQualifiedName: { type: 'string' }, kind: text }),
                  },
                },
                ['physicalLocation'],
              ),
            },
            partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
          }),
        },
      }),
    },
  }),
);

/** Whether a text is an address or part of one, as RFC 3986 has them. */
function isReference(uri: string): boolean {
  return /^[\w.~!$&'()*+,;=:@/?#%-]*$/.test(uri) && URL.canParse(uri, 'file:///');
}

describe('a verdict is printed', () => {
  it('for a person at a terminal', () => {
    expect(printTerminal(verdict, look())).toBe(`✗ new_programs  1, limit 0
    <&"\`|\` /bin/c <&"\`|\`\\x01 by c
      by    make all > sh -c x  (process 7)
      first line 2: call 2
      look  sed -n 2p run.log

! syscalls_total  90, baseline 10, limit 20
    read by a (10 -> 90)
      by    make all > sh -c x  (process 7)
      first line 1: call 1
      look  sed -n 1p run.log

? not measured (the log does not tell): wall_ms

  │ assertion      │ now │ baseline │ limit │ what                     │ by                 │ line
──┼────────────────┼─────┼──────────┼───────┼──────────────────────────┼────────────────────┼─────
✗ │ new_programs   │   1 │          │     0 │ <&"\`|\` /bin/c <&"\`|\`\\x01 │ make all > sh -c x │    2
! │ syscalls_total │  90 │       10 │    20 │ read (10 -> 90)          │ make all > sh -c x │    1

FAILED: 1 error, 1 warning, 1 passed, 1 not measured (1 run, 1 baseline run)
`);
  });

  it('for a person who has ten seconds: items once, commands on one line and short', () => {
    const many = runOf(
      ...['a', 'b', 'c', 'd', 'e'].map((name) => `connect /bin/x TCP ${name}:1 1`),
    );
    many.processes[1]!.command = `/opt/bin/sh -c ${JSON.stringify(`one\ntwo ${'x'.repeat(200)}`)}`;
    const text = printTerminal(
      judge({
        budget: readyBudget({ assert: { new_endpoints: 'error', endpoints: 'error' } }),
        head: [many],
        baseline: baselineOf([{ name: 'base', facts: [] }]),
      }),
      look(),
    );
    expect(text).toContain('    TCP c:1 by x\n');
    expect(text).not.toContain('    TCP d:1 by x\n');
    expect(text).toContain('    and 2 more\n');
    expect(text).toContain('✗ endpoints  5, baseline 0, limit 0\n    as new_endpoints above\n');
    expect(text).toContain('by    make all > /opt/bin/sh -c "one two xxx');
    expect(text).toMatch(/│ TCP a:1 and 4 more +│ make all > sh -c "one two x+… │ +1\n/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(150);
  });

  it('no wider than the terminal', () => {
    const lines = printTerminal(verdict, look(30)).split('\n');
    const cut = lines.filter((line) => /^ {4}/.test(line) && !line.includes('look'));
    for (const line of cut) expect(line.replace(/ {2}\(.*$/, '').length).toBeLessThanOrEqual(30);
  });

  it('as Markdown that nothing breaks out of', () => {
    const text = printMarkdown(verdict);
    expect(text.startsWith(COMMENT_MARK)).toBe(true);
    expect(text).toContain('### ❌ stracelake: FAILED: 1 error, 1 warning');
    expect(text).toContain('| ⚠️ | `syscalls_total` | 10 | 90 | 20 |');
    expect(text).toContain('by `make all` → `sh -c x`');
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    for (const row of rows) expect(row.split('|')).toHaveLength(10);
    expect(text).toContain(' | `make all > sh -c x` | 1 |');
  });

  it('as JUnit XML', () => {
    const text = printJunit(verdict);
    expect(XMLValidator.validate(text)).toBe(true);
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(text);
    const cases = testsuites.testsuite.testcase as Record<string, unknown>[];
    expect(testsuites).toMatchObject({ '@_tests': '4', '@_failures': '1', '@_skipped': '1' });
    expect(cases.map((each) => each['@_name'])).toEqual([
      'new_programs',
      'syscalls_total',
      'wall_ms',
      'exit_code',
    ]);
    expect(cases[0]!.failure).toMatchObject({ '@_type': 'new_programs' });
    expect(JSON.stringify(cases[0]!.failure)).toContain('line 2: call 2');
  });

  it('as SARIF, with a rule for each result and a place for each', () => {
    const log = JSON.parse(printSarif(verdict, 'budget.json'));
    expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
    const { version, runs } = log;
    expect(version).toBe('2.1.0');
    const [{ tool, results }] = runs;
    const rules = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(results.map((each: { level: string }) => each.level)).toEqual(['error', 'warning']);
    for (const { ruleId, message, locations } of results) {
      expect(rules).toContain(ruleId);
      expect(message.text).not.toBe('');
      expect(locations[0].physicalLocation).toMatchObject({ artifactLocation: { uri: 'run.log' } });
    }
  });

  it('as a badge', () => {
    expect(XMLValidator.validate(printBadge(verdict))).toBe(true);
    expect(printBadge(verdict)).toContain('1 failed');
    expect(JSON.parse(printShield(verdict))).toEqual({
      schemaVersion: 1,
      label: 'strace',
      message: '1 failed',
      color: 'red',
    });
  });
});
