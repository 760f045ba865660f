import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Package {
  optionalDependencies?: Record<string, string>;
}

// npm drops them when it cannot fetch them, and then `npm ci` refuses the file on every machine.
test('the lock file has the binaries of every platform', () => {
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Package> };
  const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  const missing = Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) => Object.entries(optionalDependencies))
    .filter(([name, version]) => /^\d/.test(version) && !names.has(name))
    .map(([name]) => name);
  expect(missing).toEqual([]);
});
