import type { SchemaElement } from 'hyparquet';
import type { Column } from '../columns.ts';

/** Parquet schema of a table, derived from its list of columns. */
export function parquetSchema(columns: readonly Column[]): SchemaElement[] {
  return [
    { name: 'schema', num_children: columns.length },
    ...columns.flatMap((column) => schemaElements(column)),
  ];
}

function schemaElements({ name, nullable, type }: Column): SchemaElement[] {
  const repetition_type = 'OPTIONAL';
  switch (type) {
    case 'string':
      return [{ name, type: 'BYTE_ARRAY', repetition_type, converted_type: 'UTF8' }];
    case 'bigint':
      return [{ name, type: 'INT64', repetition_type }];
    case 'int':
      return [{ name, type: 'INT32', repetition_type }];
    default:
      if (nullable) throw new TypeError(`list column must not be nullable: ${name}`);
      return [
        { name, repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        {
          name: 'element',
          type: 'BYTE_ARRAY',
          repetition_type: 'REQUIRED',
          converted_type: 'UTF8',
        },
      ];
  }
}
