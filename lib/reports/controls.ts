/** What a caller may say of the answer itself, beside a report's own parameters. */
export interface Control {
  name: 'format' | 'limit' | 'cursor' | 'sort' | 'where' | 'columns';
  description: string;
}

/** The controls every report takes; no report may have a parameter of these names. */
export const controls: readonly Control[] = [
  {
    name: 'format',
    description: 'json, csv or text; goes before the Accept header.',
  },
  { name: 'limit', description: 'Rows a page has at most.' },
  {
    name: 'cursor',
    description: 'Where the page begins: taken unchanged from the link to the next page.',
  },
  {
    name: 'sort',
    description:
      'Columns to sort by instead of the order of the report, separated by commas; a minus sign puts the largest first. NULL is last.',
  },
  {
    name: 'where',
    description:
      'Rows to give: a JSON list of conditions, all of which must hold, such as [["error","is","ENOENT"],["path","contains","/etc"]]. The comparisons are is, is_not, contains, contains_not, at_least and at_most; null with is and is_not means nothing; the column * is the text of all columns. Rows come in the order of sort, else in that of the report as far as its columns tell.',
  },
  {
    name: 'columns',
    description: 'Columns to give, in this order, separated by commas; all of them by default.',
  },
];
