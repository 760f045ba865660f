import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type GetQueryResultsCommandOutput,
  InvalidRequestException,
  type QueryExecution,
  StartQueryExecutionCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-athena';
import { type AthenaPosition, readPosition, writePosition } from './athena-token.ts';
import { parseCell, sqlLiteral } from './athena-values.ts';
import type {
  ExecutionState,
  ObjectLocation,
  Query,
  QueryEngine,
  ResultColumn,
  ResultPage,
  SqlValue,
} from './engine.ts';
import { EngineBusyError } from './errors.ts';
import { executionKey } from './execution-key.ts';

/** Rows of one GetQueryResults, its maximum; the first page spends one on the header. */
const ROWS_A_PAGE = 1000;
const FIRST_POLL_MS = 100;
const SLOWEST_POLL_MS = 1000;
const ATTEMPTS = 4;
/** A failure younger than this is the answer; after it the query is tried again. */
const FAILURE_KEPT_MS = 60_000;
const DAY_MS = 86_400_000;

/** Where AthenaEngine runs its queries. */
export interface AthenaEngineOptions {
  client: AthenaClient;
  workGroup: string;
  database: string;
  /** Age in minutes up to which Athena may answer from an earlier result; none by default. */
  reuseMinutes?: number;
  now?(): number;
  sleep?(ms: number): Promise<void>;
}

/**
 * Runs report SQL in Athena. One query of one ingest runs once a day at most: its request token is
 * made of what it asks, so that a repeat, from any Lambda, gets the execution that was there.
 */
export class AthenaEngine implements QueryEngine {
  readonly #options: AthenaEngineOptions;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<void>;

  constructor(options: AthenaEngineOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#sleep = options.sleep ?? sleepFor;
  }

  async start(query: Query): Promise<string> {
    let execution = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      execution = await this.#request(query, attempt);
      if (!(await this.#hasFailedLongAgo(execution))) break;
    }
    return execution;
  }

  async wait(execution: string, waitMs: number): Promise<ExecutionState> {
    const deadline = this.#now() + waitMs;
    for (let delay = FIRST_POLL_MS; ; delay = Math.min(delay * 1.5, SLOWEST_POLL_MS)) {
      const state = await this.#stateOf(execution);
      const left = deadline - this.#now();
      if (state.status !== 'running' || left <= 0) return state;
      await this.#sleep(Math.min(delay, left));
    }
  }

  async page(execution: string, limit: number, token?: string): Promise<ResultPage> {
    const rows: SqlValue[][] = [];
    let columns: ResultColumn[] = [];
    let position: AthenaPosition | undefined = readPosition(token);
    while (position !== undefined && rows.length < limit) {
      const page = await this.#fetchPage(execution, position.nextToken);
      columns = page.columns;
      const wanted = page.rows.slice(position.skip, position.skip + limit - rows.length);
      rows.push(...wanted);
      position = positionAfter(position, wanted.length, page.rows.length, page.next);
    }
    return { columns, rows, next: position && writePosition(position) };
  }

  async csvObject(execution: string): Promise<ObjectLocation> {
    const found = await this.#describe(execution);
    const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(found?.ResultConfiguration?.OutputLocation ?? '');
    if (!match) throw new Error(`Result of the execution not found: ${execution}`);
    return { bucket: match[1]!, key: match[2]! };
  }

  async #request(query: Query, attempt: number): Promise<string> {
    const { client, workGroup, database, reuseMinutes = 0 } = this.#options;
    const day = Math.floor(this.#now() / DAY_MS);
    const context = [workGroup, database, reuseMinutes, day, attempt];
    try {
      const answer = await client.send(
        new StartQueryExecutionCommand({
          QueryString: query.sql,
          ExecutionParameters: query.parameters.map(sqlLiteral),
          QueryExecutionContext: { Database: database },
          WorkGroup: workGroup,
          ClientRequestToken: executionKey(query, context),
          ...(reuseMinutes > 0 && {
            ResultReuseConfiguration: {
              ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: reuseMinutes },
            },
          }),
        }),
      );
      return answer.QueryExecutionId!;
    } catch (error) {
      if (!isThrottled(error)) throw error;
      throw new EngineBusyError('Athena takes no more queries at the moment', { cause: error });
    }
  }

  async #hasFailedLongAgo(execution: string): Promise<boolean> {
    const status = (await this.#describe(execution))?.Status;
    if (status?.State !== 'FAILED' && status?.State !== 'CANCELLED') return false;
    const ended = status.CompletionDateTime?.getTime() ?? 0;
    return this.#now() - ended > FAILURE_KEPT_MS;
  }

  async #stateOf(execution: string): Promise<ExecutionState> {
    let found: QueryExecution | undefined;
    try {
      found = await this.#describe(execution);
    } catch (error) {
      if (isThrottled(error)) return { status: 'running' };
      throw error;
    }
    // An id from a cursor may be anyone's: only executions of this workgroup are answered.
    if (!found || found.WorkGroup !== this.#options.workGroup) return { status: 'unknown' };
    const { State, StateChangeReason, AthenaError } = found.Status ?? {};
    if (State === 'SUCCEEDED') return { status: 'succeeded' };
    if (State === 'FAILED' || State === 'CANCELLED')
      return {
        status: 'failed',
        message: StateChangeReason ?? AthenaError?.ErrorMessage ?? `Query ${State.toLowerCase()}`,
      };
    return { status: 'running' };
  }

  async #describe(execution: string): Promise<QueryExecution | undefined> {
    const command = new GetQueryExecutionCommand({ QueryExecutionId: execution });
    try {
      return (await this.#options.client.send(command)).QueryExecution;
    } catch (error) {
      if (error instanceof InvalidRequestException) return undefined;
      throw error;
    }
  }

  async #fetchPage(execution: string, nextToken: string | undefined) {
    const answer = await this.#options.client.send(
      new GetQueryResultsCommand({
        QueryExecutionId: execution,
        NextToken: nextToken,
        MaxResults: ROWS_A_PAGE,
      }),
    );
    return readAnswer(answer, nextToken === undefined);
  }
}

function readAnswer(answer: GetQueryResultsCommandOutput, isFirst: boolean) {
  const columns = (answer.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map((column) => ({
    name: column.Name!,
    type: column.Type!,
  }));
  const cells = (answer.ResultSet?.Rows ?? []).map((row) =>
    columns.map((_, i) => row.Data?.[i]?.VarCharValue),
  );
  const hasHeader = isFirst && cells[0]?.every((cell, i) => cell === columns[i]!.name) === true;
  const rows = cells
    .slice(hasHeader ? 1 : 0)
    .map((row) => row.map((cell, i) => parseCell(cell, columns[i]!.type)));
  return { columns, rows, next: answer.NextToken };
}

function positionAfter(
  from: AthenaPosition,
  taken: number,
  inPage: number,
  next: string | undefined,
): AthenaPosition | undefined {
  if (from.skip + taken < inPage) return { ...from, skip: from.skip + taken };
  return next === undefined ? undefined : { nextToken: next, skip: 0 };
}

function isThrottled(error: unknown): boolean {
  return (
    error instanceof TooManyRequestsException ||
    (error instanceof Error && /^(Throttling|TooManyRequests|RequestLimit)/.test(error.name))
  );
}

async function sleepFor(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms);
  await promise;
}
