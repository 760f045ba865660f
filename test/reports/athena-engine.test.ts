import {
  AthenaClient,
  BatchGetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  InvalidRequestException,
  StartQueryExecutionCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-athena';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { AthenaEngine } from '../../lib/reports/athena-engine.ts';
import { loadReports } from '../../lib/reports/catalogue.ts';
import type { SqlValue } from '../../lib/reports/engine.ts';
import { EngineBusyError } from '../../lib/reports/errors.ts';
import { fetchReports } from '../../lib/reports/named-queries.ts';

const athena = mockClient(AthenaClient);
const session = {
  session: 'app',
  generation: '0123abcd',
  finished_at: '2026-11-23T09:00:00.000Z',
} as SessionManifest;
const query = { sql: 'SELECT ?', parameters: ["it's", 9223372036854775807n], sessions: [session] };
let clock: number;
let slept: number[];

beforeEach(() => {
  athena.reset();
  clock = Date.parse('2026-11-23T12:00:00Z');
  slept = [];
});

describe('start', () => {
  beforeEach(() => {
    athena.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'e1' });
    describeAs('RUNNING');
  });

  it('sends values as SQL literals, to the workgroup and the database', async () => {
    expect(await createEngine({ reuseMinutes: 60 }).start(query)).toBe('e1');
    expect(startInputs()[0]).toMatchObject({
      QueryString: 'SELECT ?',
      ExecutionParameters: ["'it''s'", '9223372036854775807'],
      WorkGroup: 'reports',
      QueryExecutionContext: { Database: 'lake' },
      ResultReuseConfiguration: {
        ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 },
      },
    });
  });

  it('asks for a repeat with the same token, and with another for anything else', async () => {
    const engine = createEngine();
    await engine.start(query);
    await createEngine().start({ ...query });
    await engine.start({ ...query, parameters: ['x', 1] });
    await engine.start({ ...query, sessions: [{ ...session, generation: '99999999' }] });
    await engine.start({ ...query, sessions: [{ ...session, finished_at: 'later' }] });
    clock += 86_400_000;
    await engine.start(query);
    const tokens = startInputs().map((input) => input.ClientRequestToken!);
    expect(tokens[1]).toBe(tokens[0]);
    expect(new Set(tokens).size).toBe(5);
    expect(tokens[0]!.length).toBeGreaterThanOrEqual(32);
    expect(tokens[0]!.length).toBeLessThanOrEqual(128);
  });

  it('tries again what failed more than a minute ago, and keeps a fresh failure', async () => {
    athena
      .on(StartQueryExecutionCommand)
      .resolvesOnce({ QueryExecutionId: 'old' })
      .resolvesOnce({ QueryExecutionId: 'new' })
      .resolves({ QueryExecutionId: 'again' });
    describeAs('FAILED', { ended: clock - 61_000, id: 'old' });
    describeAs('FAILED', { ended: clock - 1_000, id: 'new' });
    expect(await createEngine().start(query)).toBe('new');
    const [first, second] = startInputs().map((input) => input.ClientRequestToken);
    expect(second).not.toBe(first);
  });

  it('says that Athena is busy when it throttles', async () => {
    athena.on(StartQueryExecutionCommand).rejects(throttled());
    await expect(createEngine().start(query)).rejects.toThrow(EngineBusyError);
  });
});

describe('wait', () => {
  it('polls ever more slowly until the query ends', async () => {
    athena
      .on(GetQueryExecutionCommand)
      .resolvesOnce(execution('QUEUED'))
      .resolvesOnce(execution('RUNNING'))
      .resolvesOnce(execution('RUNNING'))
      .resolves(execution('SUCCEEDED'));
    expect(await createEngine().wait('e1', 25_000)).toEqual({ status: 'succeeded' });
    expect(slept).toEqual([100, 150, 225]);
  });

  it('gives up when its time is over, having looked once more', async () => {
    describeAs('RUNNING');
    expect(await createEngine().wait('e1', 2000)).toEqual({ status: 'running' });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(2000);
    expect(await createEngine().wait('e1', 0)).toEqual({ status: 'running' });
  });

  it('takes throttling as still running', async () => {
    athena.on(GetQueryExecutionCommand).rejectsOnce(throttled()).resolves(execution('SUCCEEDED'));
    expect(await createEngine().wait('e1', 25_000)).toEqual({ status: 'succeeded' });
  });

  it('passes on why a query failed', async () => {
    describeAs('FAILED', { reason: 'TABLE_NOT_FOUND: calls' });
    expect(await createEngine().wait('e1', 0)).toEqual({
      status: 'failed',
      message: 'TABLE_NOT_FOUND: calls',
    });
    describeAs('CANCELLED');
    expect(await createEngine().wait('e1', 0)).toMatchObject({ status: 'failed' });
  });

  it('does not know executions that are gone, or of another workgroup', async () => {
    athena
      .on(GetQueryExecutionCommand)
      .rejects(new InvalidRequestException({ message: 'not found', $metadata: {} }));
    expect(await createEngine().wait('e1', 0)).toEqual({ status: 'unknown' });
    athena
      .on(GetQueryExecutionCommand)
      .resolves({ QueryExecution: { WorkGroup: 'other', Status: { State: 'SUCCEEDED' } } });
    expect(await createEngine().wait('e1', 0)).toEqual({ status: 'unknown' });
  });
});

describe('page', () => {
  it('reads typed rows and leaves the header out', async () => {
    const types = ['bigint', 'bigint', 'double', 'boolean', 'array', 'array', 'varchar', 'varchar'];
    const columns = types.map((type, i) => ({ Name: `c${i}`, Type: type }));
    const cells = ['7', '9223372036854775807', '0.5', 'true', '[a, b c]', '[]', '', undefined];
    athena.on(GetQueryResultsCommand).resolves({
      ResultSet: {
        ResultSetMetadata: { ColumnInfo: columns },
        Rows: [rowOf(columns.map((column) => column.Name)), rowOf(cells)],
      },
    });
    expect(await createEngine().page('e1', 10)).toEqual({
      columns: columns.map(({ Name, Type }) => ({ name: Name, type: Type })),
      rows: [[7, 9223372036854775807n, 0.5, true, ['a', 'b c'], [], '', null]],
      next: undefined,
    });
  });

  it.each([7, 999, 1000, 1500, 5000])(
    'gives every row once, in order, %i at a time',
    async (limit) => {
      serveRows(2500);
      const engine = createEngine();
      const rows: SqlValue[][] = [];
      let token: string | undefined;
      do {
        const page = await engine.page('e1', limit, token);
        expect(page.rows.length).toBeLessThanOrEqual(limit);
        rows.push(...page.rows);
        token = page.next;
      } while (token !== undefined);
      expect(rows).toEqual(Array.from({ length: 2500 }, (_, i) => [`row ${i}`]));
    },
  );
});

it('knows where Athena put the whole result', async () => {
  athena.on(GetQueryExecutionCommand).resolves({
    QueryExecution: { ResultConfiguration: { OutputLocation: 's3://results/a/b/e1.csv' } },
  });
  expect(await createEngine().csvObject('e1')).toEqual({ bucket: 'results', key: 'a/b/e1.csv' });
});

describe('fetchReports', () => {
  const ssm = mockClient(SSMClient);
  const reports = loadReports();
  const idOf = new Map(reports.map(({ name }, i) => [name, `id-${i}`]));

  it('reads the deployed named queries back as reports, whatever their number', async () => {
    const ids = [...idOf.values()];
    serveList('/lists/0', ids.slice(0, 30));
    serveList('/lists/1', ids.slice(30));
    athena.on(BatchGetNamedQueryCommand).callsFake(({ NamedQueryIds }) => ({
      NamedQueries: reports
        .filter(({ name }) => NamedQueryIds.includes(idOf.get(name)))
        .map(({ name, sql }) => ({ NamedQueryId: idOf.get(name), Name: name, QueryString: sql })),
    }));
    expect(await fetchAll(['/lists/0', '/lists/1'])).toEqual(reports);
  });

  it('names a query that is gone', async () => {
    serveList('/lists/0', ['id-1']);
    athena.on(BatchGetNamedQueryCommand).resolves({
      UnprocessedNamedQueryIds: [{ NamedQueryId: 'id-1', ErrorMessage: 'deleted' }],
    });
    await expect(fetchAll(['/lists/0'])).rejects.toThrow('named query not found: id-1 (deleted)');
  });

  function serveList(Name: string, ids: string[]): void {
    ssm.on(GetParameterCommand, { Name }).resolves({ Parameter: { Value: ids.join(',') } });
  }

  function fetchAll(lists: string[]) {
    return fetchReports({ athena: new AthenaClient({}), ssm: new SSMClient({}) }, lists);
  }
});

function createEngine(options: { reuseMinutes?: number } = {}) {
  return new AthenaEngine({
    client: new AthenaClient({}),
    workGroup: 'reports',
    database: 'lake',
    now: () => clock,
    sleep: async (ms) => {
      slept.push(ms);
      clock += ms;
    },
    ...options,
  });
}

function execution(state: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED') {
  return { QueryExecution: { WorkGroup: 'reports', Status: { State: state } } };
}

function describeAs(
  state: 'RUNNING' | 'FAILED' | 'CANCELLED',
  { ended = clock, id = 'e1', reason }: { ended?: number; id?: string; reason?: string } = {},
) {
  const { QueryExecution } = execution(state);
  const Status = {
    ...QueryExecution.Status,
    CompletionDateTime: new Date(ended),
    StateChangeReason: reason,
  };
  athena
    .on(GetQueryExecutionCommand, { QueryExecutionId: id })
    .resolves({ QueryExecution: { ...QueryExecution, Status } });
}

/** Serves a result of one column as Athena does: a header, then pages of at most 1000 rows. */
function serveRows(count: number) {
  const lines = ['c', ...Array.from({ length: count }, (_, i) => `row ${i}`)];
  athena.on(GetQueryResultsCommand).callsFake(({ NextToken, MaxResults }) => {
    const from = NextToken === undefined ? 0 : Number(NextToken.slice('page:'.length));
    const to = from + MaxResults;
    return {
      NextToken: to < lines.length ? `page:${to}` : undefined,
      ResultSet: {
        ResultSetMetadata: { ColumnInfo: [{ Name: 'c', Type: 'varchar' }] },
        Rows: lines.slice(from, to).map((line) => rowOf([line])),
      },
    };
  });
}

function rowOf(cells: (string | undefined)[]) {
  return { Data: cells.map((cell) => ({ VarCharValue: cell })) };
}

function startInputs() {
  return athena.commandCalls(StartQueryExecutionCommand).map((call) => call.args[0].input);
}

function throttled() {
  return new TooManyRequestsException({ message: 'slow down', $metadata: {} });
}
