/** What a caller may say of the answer itself, beside a report's own parameters. */
export interface Control {
  name: 'format' | 'limit' | 'cursor' | 'sort' | 'columns';
  description: string;
  example: string;
}

/** The controls every report takes; no report may have a parameter of these names. */
export const controls: readonly Control[] = [
  {
    name: 'format',
    description: 'json, csv or text; goes before the Accept header.',
    example: 'csv',
  },
  { name: 'limit', description: 'Rows a page has at most.', example: '100' },
  {
    name: 'cursor',
    description: 'Where the page begins: taken unchanged from the link to the next page.',
    example: 'eyJ...',
  },
  {
    name: 'sort',
    description:
      'Columns to sort by instead of the order of the report, separated by commas; a minus sign puts the largest first. NULL is last.',
    example: '-count,executable',
  },
  {
    name: 'columns',
    description: 'Columns to give, in this order, separated by commas; all of them by default.',
    example: 'executable,count',
  },
];
