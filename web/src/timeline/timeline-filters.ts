import { catalogue } from '../api/catalogue.ts';
import { type Applied, applyFilters, readFilters } from '../session/filters.ts';

/** A row of the timeline stands for many calls, but all of one thread: only that can be left out of its rows. */
const ofThreads = new Set(['pid', 'process']);

/** How the timeline takes the filters of an address. */
export function timelineFilters(query: URLSearchParams): Applied {
  const report = catalogue.value!.get('timeline')!;
  const { where, parameters, ignored } = applyFilters(report, readFilters(query));
  const others = where.filter(([column]) => !ofThreads.has(column));
  return {
    parameters,
    where: where.filter(([column]) => ofThreads.has(column)),
    ignored: [...ignored, ...others.map(([column, kind, value]) => ({ column, kind, value }))],
  };
}
