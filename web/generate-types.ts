import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { describeApi } from '../lib/reports/api/openapi/document.ts';
import type { Part } from '../lib/reports/api/openapi/model.ts';

/** TypeScript of every shape that the service answers with or takes, but for the rows of reports. */
async function generateTypes(): Promise<string> {
  const { components } = describeApi(new Map(), { access: 'open', sql: true }, '');
  const text = JSON.stringify((components as Part).schemas);
  const schema: JSONSchema = {
    definitions: JSON.parse(text.replaceAll('#/components/schemas/', '#/definitions/')),
  };
  const types = await compile(schema, 'Api', {
    unreachableDefinitions: true,
    additionalProperties: false,
    bannerComment: '// Made by npm run build:types from the OpenAPI document: do not edit.',
    style: { singleQuote: true, printWidth: 100 },
  });
  return types
    .replaceAll(
      /( \*\n)? \* This interface was referenced by `Api`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/g,
      '',
    )
    .replaceAll('/**\n */\n', '');
}

const file = fileURLToPath(new URL('src/api/types.generated.ts', import.meta.url));
writeFileSync(file, await generateTypes());
