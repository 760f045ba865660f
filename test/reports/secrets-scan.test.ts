import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { secretHint, secretRules } from '../../lib/strace/secret-rules.ts';

const file = fileURLToPath(new URL('../../queries/secrets_scan.sql', import.meta.url));

/** UPDATE=1 writes the rules into the query. */
it('secrets_scan looks for the secrets that redaction takes out, no more and no fewer', () => {
  const sql = readFileSync(file, 'utf8');
  const places = secretRules.map((_, i) => i + 1).join(', ');
  const cases = (write: (rule: (typeof secretRules)[number]) => string) =>
    secretRules.map((rule, i) => `WHEN ${i + 1} THEN ${write(rule)}`).join('\n      ');
  const generated = sql
    .replace(
      /(regexp_like\(args, )'.*'(\))/,
      (_all, from, to) => `${from}${quote(secretHint)}${to}`,
    )
    .replace(/(ARRAY\[).*(\]\) AS places)/, (_all, from, to) => `${from}${places}${to}`)
    .replace(/(CASE place\n +)WHEN 1 THEN '[\s\S]*?(\n +END AS rule)/, (_all, from, to) =>
      [from, cases(({ name }) => quote(name)), to].join(''),
    )
    .replace(/(CASE place\n +)WHEN 1 THEN regexp[\s\S]*?(\n +END AS secret)/, (_all, from, to) =>
      [from, cases(({ pattern }) => `regexp_extract(args, ${quote(pattern)}, 2)`), to].join(''),
    );
  if (process.env.UPDATE) writeFileSync(file, generated);
  expect(sql).toBe(generated);
});

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
