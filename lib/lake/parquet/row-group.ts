import type { ColumnChunk, Encoding, PageHeader, RowGroup } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import type { Compress, DictionaryPage, EncodedChunk } from './column-chunk.ts';

/** One row group as bytes, with offsets that count from its own first byte. */
export interface EncodedGroup {
  bytes: Uint8Array[];
  sizeBytes: number;
  rows: number;
  metadata: RowGroup;
}

/**
 * Compresses column chunks and lays them out as one row group. Pages are data pages of version 1,
 * which every reader understands.
 */
export function encodeRowGroup(
  chunks: EncodedChunk[],
  rows: number,
  compress: Compress,
): EncodedGroup {
  const layout = new GroupLayout(compress);
  const columns = chunks.map((chunk) => layout.addChunk(chunk));
  const uncompressed = columns.reduce((sum, { meta_data }) => sum + sizeOf(meta_data), 0n);
  return {
    bytes: layout.bytes,
    sizeBytes: layout.sizeBytes,
    rows,
    metadata: {
      columns,
      total_byte_size: uncompressed,
      num_rows: BigInt(rows),
      file_offset: 0n,
      total_compressed_size: BigInt(layout.sizeBytes),
    },
  };
}

/** The metadata of a group that begins at byte `start` of a file. */
export function moveRowGroup(group: RowGroup, start: number): RowGroup {
  const offset = BigInt(start);
  return {
    ...group,
    file_offset: offset,
    columns: group.columns.map((column) => ({
      ...column,
      meta_data: moved(column.meta_data, offset),
    })),
  };
}

function moved(meta: ColumnChunk['meta_data'], offset: bigint): ColumnChunk['meta_data'] {
  return (
    meta && {
      ...meta,
      data_page_offset: meta.data_page_offset + offset,
      dictionary_page_offset:
        meta.dictionary_page_offset === undefined
          ? undefined
          : meta.dictionary_page_offset + offset,
    }
  );
}

/** How many pages have which encoding: Trino looks into a dictionary only where no page can do without it. */
function countEncodings(
  hasDictionary: boolean,
  pageCounts: ReadonlyMap<Encoding, number>,
): NonNullable<NonNullable<ColumnChunk['meta_data']>['encoding_stats']> {
  const pages = [...pageCounts].map(([encoding, count]) => {
    return { page_type: 'DATA_PAGE' as const, encoding, count };
  });
  if (!hasDictionary) return pages;
  return [{ page_type: 'DICTIONARY_PAGE', encoding: 'PLAIN', count: 1 }, ...pages];
}

/** Pages one after another. */
class GroupLayout {
  bytes: Uint8Array[] = [];
  sizeBytes = 0;
  #compress: Compress;

  constructor(compress: Compress) {
    this.#compress = compress;
  }

  addChunk(chunk: EncodedChunk): ColumnChunk {
    const start = this.sizeBytes;
    const pageCounts = new Map<Encoding, number>();
    const hasDictionary = chunk.dictionary !== undefined;
    let uncompressed = 0;
    if (chunk.dictionary !== undefined) uncompressed += this.#addDictionary(chunk.dictionary);
    const dataOffset = this.sizeBytes;
    let values = 0;
    let nulls = 0;
    for (const page of chunk.pages) {
      pageCounts.set(page.encoding, (pageCounts.get(page.encoding) ?? 0) + 1);
      values += page.valueCount;
      nulls += page.nullCount;
      uncompressed += this.#addPage(page.bytes, {
        type: 'DATA_PAGE',
        data_page_header: {
          num_values: page.valueCount,
          encoding: page.encoding,
          definition_level_encoding: 'RLE',
          repetition_level_encoding: 'RLE',
        },
      });
    }
    return {
      file_offset: 0n,
      meta_data: {
        type: chunk.type,
        encodings: [
          ...new Set<Encoding>([
            'RLE',
            ...(hasDictionary ? ['PLAIN' as const] : []),
            ...pageCounts.keys(),
          ]),
        ],
        encoding_stats: countEncodings(hasDictionary, pageCounts),
        path_in_schema: chunk.path,
        codec: 'ZSTD',
        num_values: BigInt(values),
        total_uncompressed_size: BigInt(uncompressed),
        total_compressed_size: BigInt(this.sizeBytes - start),
        data_page_offset: BigInt(dataOffset),
        dictionary_page_offset: hasDictionary ? BigInt(start) : undefined,
        statistics: {
          null_count: BigInt(nulls),
          ...(chunk.min !== undefined && { min_value: chunk.min, max_value: chunk.max }),
        },
      },
    };
  }

  #addDictionary(dictionary: DictionaryPage): number {
    return this.#addPage(dictionary.read(), {
      type: 'DICTIONARY_PAGE',
      dictionary_page_header: { num_values: dictionary.count, encoding: 'PLAIN' },
    });
  }

  /** Appends header and compressed page; size before compression, header included. */
  #addPage(
    page: Uint8Array,
    header: Omit<PageHeader, 'uncompressed_page_size' | 'compressed_page_size'>,
  ): number {
    const body = this.#compress(page);
    const writer = new ByteWriter(64);
    writePageHeader(writer, {
      ...header,
      uncompressed_page_size: page.length,
      compressed_page_size: body.length,
    });
    const head = writer.getBytes();
    this.bytes.push(head, body);
    this.sizeBytes += head.length + body.length;
    return head.length + page.length;
  }
}

function sizeOf(meta: ColumnChunk['meta_data']): bigint {
  return meta?.total_uncompressed_size ?? 0n;
}
