import { type AthenaClient, BatchGetNamedQueryCommand } from '@aws-sdk/client-athena';
import { CatalogueError } from './errors.ts';
import type { Report } from './report.ts';
import { parseReport } from './report-header.ts';

const IDS_A_REQUEST = 50;

/**
 * Reads the reports that were deployed as Athena named queries (report name to query id), so that the
 * API runs the very texts that Athena's console shows. Throws CatalogueError when one is gone.
 */
export async function fetchReports(
  client: AthenaClient,
  ids: Readonly<Record<string, string>>,
): Promise<Report[]> {
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const all = [...names.keys()];
  const reports: Report[] = [];
  for (let from = 0; from < all.length; from += IDS_A_REQUEST) {
    const batch = all.slice(from, from + IDS_A_REQUEST);
    const answer = await client.send(new BatchGetNamedQueryCommand({ NamedQueryIds: batch }));
    for (const query of answer.NamedQueries ?? [])
      reports.push(parseReport(names.get(query.NamedQueryId!)!, query.QueryString!));
    const missing = answer.UnprocessedNamedQueryIds?.[0];
    if (missing)
      throw new CatalogueError(
        `named query not found: ${names.get(missing.NamedQueryId!)} (${missing.ErrorMessage})`,
      );
  }
  return reports;
}
