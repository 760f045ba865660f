import { Aws, Stack } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Column, callColumns } from '../lake/columns.ts';
import {
  CALLS_PREFIX,
  callsPrefix,
  SESSIONS_PREFIX,
  STATS_PREFIX,
  statsDayPrefix,
} from '../lake/keys.ts';
import { sessionColumns } from '../lake/session-columns.ts';
import { statsColumns } from '../lake/stats-columns.ts';
import { FIRST_DAY } from '../lake/stats-time.ts';
import type { Report } from '../reports/report.ts';
import type { Lake } from './lake.ts';
import type { ServiceFunction } from './service-function.ts';
import { encodeView, viewColumns } from './view.ts';

const PARQUET = {
  inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serdeInfo: {
    serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  },
};

const JSON_LINES = {
  inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
};

/** The lake as Athena sees it: database, tables and view. No crawler, no write per upload. */
export class Catalogue extends Construct {
  /** Name of the Glue database. */
  readonly database: string;
  readonly #lake: Lake;
  readonly #resource: CfnDatabase;
  readonly #tables: string[] = [];

  constructor(
    scope: Construct,
    id: string,
    props: { database: string; lake: Lake; views: readonly Report[] },
  ) {
    super(scope, id);
    this.database = props.database;
    this.#lake = props.lake;
    this.#resource = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.database, description: 'Sessions recorded with strace' },
    });
    this.#addCalls();
    this.#addAllCalls();
    this.#addStats();
    this.#addSessions();
    for (const view of props.views) this.#addView(view);
  }

  /** Lets the function, and the queries it starts, read the tables' definitions. */
  bindReader(fn: ServiceFunction): void {
    fn.addEnvironment('ATHENA_DATABASE', this.database);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions'],
        resources: [
          this.#arn('catalog'),
          this.#arn(`database/${this.database}`),
          ...this.#tables.map((table) => this.#arn(`table/${this.database}/${table}`)),
        ],
      }),
    );
    // Athena demands it of its callers, whatever database they ask about ("Mandatory: access policy to
    // the default database and catalog per AWS Region" in its user guide).
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['glue:GetDatabase', 'glue:CreateDatabase'],
        resources: [this.#arn('catalog'), this.#arn('database/default')],
      }),
    );
  }

  // A query has to say `session = '...'`: the partition is injected, and Athena refuses without.
  #addCalls(): void {
    this.#addTable('calls', {
      description: 'One row a system call, signal or exit; name the session: WHERE session = ...',
      partitionKeys: glueColumns(callColumns, ['session']),
      parameters: {
        classification: 'parquet',
        'projection.enabled': 'true',
        'projection.session.type': 'injected',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena puts the session in.
        'storage.location.template': this.#location(callsPrefix('${session}')),
      },
      storageDescriptor: {
        ...PARQUET,
        location: this.#location(CALLS_PREFIX),
        columns: glueColumns(callColumns, namesBut(callColumns, 'session')),
      },
    });
  }

  #addAllCalls(): void {
    this.#addTable('calls_all', {
      description: 'The calls of all sessions, for questions across them; scans the whole lake',
      parameters: { classification: 'parquet' },
      storageDescriptor: {
        ...PARQUET,
        location: this.#location(CALLS_PREFIX),
        columns: glueColumns(callColumns, namesBut(callColumns)),
      },
    });
  }

  // A query that names days lists those alone; no session is of a day outside of the range.
  #addStats(): void {
    this.#addTable('call_stats', {
      description: 'Calls of all sessions counted; name days: WHERE day >= ... AND day <= ...',
      partitionKeys: glueColumns(statsColumns, ['day']),
      parameters: {
        classification: 'parquet',
        'projection.enabled': 'true',
        'projection.day.type': 'date',
        'projection.day.format': 'yyyy-MM-dd',
        'projection.day.range': `${FIRST_DAY},NOW+2DAYS`,
        'projection.day.interval': '1',
        'projection.day.interval.unit': 'DAYS',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena puts the day in.
        'storage.location.template': this.#location(statsDayPrefix('${day}')),
      },
      storageDescriptor: {
        ...PARQUET,
        location: this.#location(STATS_PREFIX),
        columns: glueColumns(statsColumns, namesBut(statsColumns, 'day')),
      },
    });
  }

  #addSessions(): void {
    this.#addTable('sessions', {
      description: "The manifest of every session; trust those with status = 'ready'",
      parameters: { classification: 'json' },
      storageDescriptor: {
        ...JSON_LINES,
        location: this.#location(SESSIONS_PREFIX),
        columns: Object.entries(sessionColumns).map(([name, type]) => ({ name, type })),
      },
    });
  }

  #addView(view: Report): void {
    this.#addTable(view.name, {
      tableType: 'VIRTUAL_VIEW',
      // No description: it would take the place of the comment by which Trino knows a view.
      parameters: { presto_view: 'true', comment: 'Presto View' },
      viewOriginalText: encodeView(view, this.database),
      viewExpandedText: '/* Presto View */',
      storageDescriptor: { location: '', columns: viewColumns(view), serdeInfo: {} },
    });
  }

  #addTable(name: string, input: Omit<CfnTable.TableInputProperty, 'name'>): void {
    this.#tables.push(name);
    const table = new CfnTable(this, name, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.database,
      tableInput: { tableType: 'EXTERNAL_TABLE', ...input, name },
    });
    table.addResourceDependency(this.#resource);
  }

  #location(prefix: string): string {
    return `s3://${this.#lake.bucket.bucketName}/${prefix}`;
  }

  #arn(resource: string): string {
    return Stack.of(this).formatArn({ service: 'glue', resource });
  }
}

function glueColumns(columns: readonly Column[], names: string[]): CfnTable.ColumnProperty[] {
  return columns
    .filter(({ name }) => names.includes(name))
    .map(({ name, type, comment }) => ({ name, type, comment }));
}

function namesBut(columns: readonly Column[], left?: string): string[] {
  return columns.map(({ name }) => name).filter((name) => name !== left);
}
