import { type AthenaClient, BatchGetNamedQueryCommand } from '@aws-sdk/client-athena';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { CatalogueError } from './errors.ts';
import type { Report } from './report.ts';
import { parseReport } from './report-header.ts';

/** Ids of named queries that Athena gives the texts of in one request, and that one list holds. */
export const IDS_A_REQUEST = 50;

/**
 * Reads the reports that were deployed as Athena named queries, so that the API runs the very texts
 * that Athena's console shows. `lists` are parameters of Systems Manager that the stack keeps, each
 * with up to IDS_A_REQUEST ids, commas between. Throws CatalogueError when a query is gone.
 */
export async function fetchReports(
  clients: { athena: AthenaClient; ssm: SSMClient },
  lists: readonly string[],
): Promise<Report[]> {
  const fetched = lists.map(async (list) =>
    fetchQueries(clients.athena, await fetchIds(clients.ssm, list)),
  );
  return (await Promise.all(fetched)).flat();
}

async function fetchIds(ssm: SSMClient, list: string): Promise<string[]> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: list }));
  return Parameter!.Value!.split(',');
}

async function fetchQueries(athena: AthenaClient, ids: string[]): Promise<Report[]> {
  const answer = await athena.send(new BatchGetNamedQueryCommand({ NamedQueryIds: ids }));
  const [missing] = answer.UnprocessedNamedQueryIds ?? [];
  if (missing) {
    const { NamedQueryId: id, ErrorMessage: reason } = missing;
    throw new CatalogueError(`named query not found: ${id} (${reason})`);
  }
  return answer.NamedQueries!.map(({ Name, QueryString }) => parseReport(Name!, QueryString!));
}
