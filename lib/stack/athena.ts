import { createHash } from 'node:crypto';
import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { HttpMethods, type IBucket } from 'aws-cdk-lib/aws-s3';
import { StringListParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { IDS_A_REQUEST } from '../reports/named-queries.ts';
import type { Report } from '../reports/report.ts';
import type { StackOptions } from './options.ts';
import type { ServiceFunction } from './service-function.ts';
import { Store } from './store.ts';

const GB = 1_000_000_000;

/** The workgroup the reports run in, its results, and one named query for each report. */
export class Athena extends Construct {
  readonly workGroup: CfnWorkGroup;
  readonly results: Store;
  readonly #lists: StringListParameter[];

  constructor(
    scope: Construct,
    id: string,
    props: {
      name: string;
      database: string;
      options: StackOptions;
      reports: readonly Report[];
      accessLogs: IBucket;
    },
  ) {
    super(scope, id);
    this.results = new Store(this, 'Results', {
      accessLogs: props.accessLogs,
      // Whole results are fetched by a redirect to this bucket.
      cors: props.options.corsOrigin
        ? [{ allowedOrigins: [props.options.corsOrigin], allowedMethods: [HttpMethods.GET] }]
        : undefined,
      lifecycleRules: [{ id: 'old-results', expiration: Duration.days(props.options.resultDays) }],
    });
    this.workGroup = this.#createWorkGroup(props.name, props.options);
    this.#lists = this.#listQueries(
      props.name,
      props.reports,
      props.reports.map((report) => this.#addQuery(props.database, report)),
    );
  }

  /** Lets the function run the named queries in this workgroup and read their results. */
  bindRunner(fn: ServiceFunction): void {
    fn.addEnvironment('ATHENA_WORKGROUP', this.workGroup.name);
    fn.addEnvironment('QUERY_LISTS', this.#lists.map((list) => list.parameterName).join(','));
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['ssm:GetParameter'],
        resources: this.#lists.map((list) => list.parameterArn),
      }),
    );
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'athena:StartQueryExecution',
          'athena:GetQueryExecution',
          'athena:GetQueryResults',
          'athena:BatchGetNamedQuery',
        ],
        resources: [
          Stack.of(this).formatArn({
            service: 'athena',
            resource: 'workgroup',
            resourceName: this.workGroup.name,
          }),
        ],
      }),
    );
    // What Athena asks of its caller where it puts results: AWS's AmazonAthenaFullAccess without the
    // making of buckets.
    fn.allowObjects(this.results, '', [
      's3:GetObject',
      's3:PutObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ]);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [this.results.bucketArn],
      }),
    );
  }

  #createWorkGroup(name: string, options: StackOptions): CfnWorkGroup {
    return new CfnWorkGroup(this, 'WorkGroup', {
      name,
      description: 'Reports on recorded strace sessions',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: options.scanLimitGb * GB,
        resultConfiguration: {
          outputLocation: `s3://${this.results.bucketName}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
          expectedBucketOwner: Aws.ACCOUNT_ID,
        },
      },
    });
  }

  #addQuery(database: string, report: Report): CfnNamedQuery {
    const query = new CfnNamedQuery(this, report.name, {
      name: report.name,
      description: `${report.title}. ${report.description}`,
      database,
      workGroup: this.workGroup.name,
      queryString: report.sql,
    });
    query.addResourceDependency(this.workGroup);
    return query;
  }

  // The ids of a hundred queries do not fit into the 4 KB of a function's environment. The digest in
  // the name changes that environment with the queries: functions that run have read their texts.
  #listQueries(
    name: string,
    reports: readonly Report[],
    queries: CfnNamedQuery[],
  ): StringListParameter[] {
    const digest = createHash('sha256').update(JSON.stringify(reports)).digest('hex').slice(0, 8);
    const count = Math.ceil(queries.length / IDS_A_REQUEST);
    return Array.from({ length: count }, (_, i) => {
      const part = queries.slice(i * IDS_A_REQUEST, (i + 1) * IDS_A_REQUEST);
      return new StringListParameter(this, `QueryList${i}`, {
        parameterName: `/stracelake/${name}/queries-${digest}-${i}`,
        description: 'Ids of the named queries that are the reports',
        stringListValue: part.map((query) => query.attrNamedQueryId),
      });
    });
  }
}
