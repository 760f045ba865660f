import { type HiveType, parseHiveType } from './hive-type.ts';

const primitives: Readonly<Record<string, string>> = {
  string: 'string',
  int: 'integer',
  bigint: 'integer',
  double: 'number',
  boolean: 'boolean',
};

/** JSON Schema of a value of a Glue type; anything may be null. */
export function hiveJsonSchema(type: string): Record<string, unknown> {
  return schemaOf(parseHiveType(type));
}

function schemaOf(type: HiveType): Record<string, unknown> {
  switch (type.kind) {
    case 'primitive':
      return { type: [primitives[type.name], 'null'] };
    case 'array':
      return { type: ['array', 'null'], items: schemaOf(type.items) };
    case 'map':
      return { type: ['object', 'null'], additionalProperties: schemaOf(type.values) };
    case 'struct':
      return {
        type: ['object', 'null'],
        properties: Object.fromEntries(type.fields.map(([name, field]) => [name, schemaOf(field)])),
        additionalProperties: false,
      };
  }
}
