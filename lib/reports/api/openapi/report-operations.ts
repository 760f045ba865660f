import { comparisonOf } from '../../comparison.ts';
import { filtersOf } from '../../parameters.ts';
import { type Catalogue, isTrend, type Report, type ReportColumn } from '../../report.ts';
import { contentTypes } from '../format.ts';
import { CALLS_REPORT } from '../rendering.ts';
import { MAX_ROWS } from '../report-answer.ts';
import { differencePathOf, pathOf } from '../report-choice.ts';
import { answers, type Operation, objectSchema, type Part, ref } from './model.ts';
import { controlText, limitParameter, reportParameter } from './parameters.ts';
import { headers } from './responses.ts';
import { shape } from './schemas.ts';

const failures = answers({
  202: 'Pending',
  304: 'NotModified',
  400: 'BadRequest',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Gone',
  500: 'Internal',
  502: 'QueryFailed',
  503: 'Busy',
});

/** One operation for each report, one for each that compares two sessions, and the whole CSV of the calls. */
export function reportOperations(catalogue: Catalogue): Operation[] {
  const operations = [...catalogue.values()].flatMap((report) => {
    const comparison = comparisonOf(report);
    const own = reportOperation(report, pathOf(report));
    return comparison
      ? [own, reportOperation(comparison, differencePathOf(report), 'diff')]
      : [own];
  });
  const calls = catalogue.get(CALLS_REPORT);
  return calls ? [...operations, callsCsvOperation(calls)] : operations;
}

function reportOperation(
  report: Report,
  path: string,
  kind: 'report' | 'diff' = 'report',
): Operation {
  return {
    path,
    method: 'get',
    content: {
      operationId: `${kind}_${report.name}`,
      tags: [kind === 'diff' ? 'differences' : isTrend(report) ? 'trends' : 'reports'],
      summary: report.title,
      description: report.description,
      parameters: [
        ...(isTrend(report) ? [] : [ref('parameters', 'session')]),
        ...filtersOf(report).map(reportParameter),
        limitParameter(MAX_ROWS, 'Rows a page has at most; 1,000 of JSON, 10,000 of CSV and text.'),
        columnParameter(report, 'columns'),
        columnParameter(report, 'sort'),
        ref('parameters', 'where'),
        ref('parameters', 'format'),
        ref('parameters', 'cursor'),
        ref('parameters', 'ifNoneMatch'),
      ],
      responses: {
        200: {
          description: 'A page of the report.',
          headers: { etag: headers.etag, link: headers.link },
          content: {
            [contentTypes.json]: { schema: reportSchema(report) },
            [mediaType('csv')]: { schema: { type: 'string' } },
            [mediaType('text')]: { schema: { type: 'string' } },
          },
        },
        ...failures,
        ...answers({ 406: 'NotAcceptable' }),
      },
    },
  };
}

function callsCsvOperation(report: Report): Operation {
  return {
    path: '/sessions/{session}/calls.csv',
    method: 'get',
    content: {
      operationId: 'calls_csv',
      tags: ['reports'],
      summary: 'All system calls as one CSV file',
      description:
        'The whole file, as stracepy writes it; a large one by redirect. With limit or cursor, one page of it.',
      parameters: [
        ref('parameters', 'session'),
        ...filtersOf(report).map(reportParameter),
        limitParameter(MAX_ROWS, 'Rows of a page; without limit and cursor it is the whole file.'),
        columnParameter(report, 'sort'),
        ref('parameters', 'where'),
        {
          name: 'format',
          in: 'query',
          description: 'Only csv.',
          schema: { type: 'string', const: 'csv' },
        },
        ref('parameters', 'cursor'),
        ref('parameters', 'ifNoneMatch'),
      ],
      responses: {
        200: {
          description: 'The file, or a page of it.',
          headers: { link: headers.link },
          content: { [mediaType('csv')]: { schema: { type: 'string' } } },
        },
        ...answers({ 303: 'Elsewhere' }),
        ...failures,
      },
    },
  };
}

/** A choice among the report's columns, separated by commas. */
function columnParameter(report: Report, name: 'columns' | 'sort'): Part {
  const names = report.columns.map((column) => column.name).join('|');
  const one = name === 'sort' ? `-?(${names})` : `(${names})`;
  return {
    name,
    in: 'query',
    description: controlText(name),
    schema: { type: 'string', pattern: `^${one}(,${one})*$` },
  };
}

function mediaType(format: 'csv' | 'text'): string {
  return contentTypes[format].split(';')[0]!;
}

function reportSchema(report: Report): Part {
  const properties = Object.fromEntries(
    report.columns.map(({ name, type, description }) => [
      name,
      { ...valueSchema(type), description },
    ]),
  );
  return objectSchema(
    {
      ...(!isTrend(report) && { session: { type: 'string' } }),
      report: { const: report.name },
      columns: shape('ResultColumns'),
      rows: { type: 'array', items: { type: 'object', properties, additionalProperties: false } },
      next: { type: 'string', format: 'uri-reference', description: 'The next page, if any.' },
    },
    ['next'],
  );
}

function valueSchema(type: ReportColumn['type']): Part {
  switch (type) {
    case 'varchar':
      return { type: ['string', 'null'] };
    case 'bigint':
    case 'integer':
      return { type: ['integer', 'null'] };
    case 'double':
      return { type: ['number', 'null'] };
    case 'boolean':
      return { type: ['boolean', 'null'] };
    case 'array(varchar)':
      return { type: ['array', 'null'], items: { type: 'string' } };
  }
}
