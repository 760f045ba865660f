import { zstdDecompressSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';

const compressors = { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) };

/** Rows of a Parquet file as hyparquet, a reader written by others, reads them. */
export async function readRows(
  bytes: Uint8Array,
  columns?: string[],
): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: arrayBufferOf(bytes), compressors, columns });
}

/** Footer of a Parquet file. */
export function readFooter(bytes: Uint8Array): ReturnType<typeof parquetMetadata> {
  return parquetMetadata(arrayBufferOf(bytes));
}

function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

/** Schema of a file with these columns, all nullable but the lists. */
export function schemaOf(
  columns: Record<string, 'text' | 'int' | 'bigint' | 'list'>,
): SchemaElement[] {
  const elements = Object.entries(columns).flatMap(([name, type]): SchemaElement[] => {
    const repetition_type = 'OPTIONAL';
    switch (type) {
      case 'text':
        return [{ name, type: 'BYTE_ARRAY', repetition_type, converted_type: 'UTF8' }];
      case 'int':
        return [{ name, type: 'INT32', repetition_type }];
      case 'bigint':
        return [{ name, type: 'INT64', repetition_type }];
      default:
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
  });
  return [{ name: 'schema', num_children: Object.keys(columns).length }, ...elements];
}
