import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileModule, moduleFile } from '../../wasm/build.ts';

test('the compiled module is that of the folder wasm', async () => {
  const isCurrent = readFileSync(moduleFile, 'utf8') === (await compileModule());
  expect(isCurrent, 'lib/lake/wasm is behind the folder wasm: npm run build:wasm').toBe(true);
});
