import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { HttpMethods, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Report } from '../reports/report.ts';
import type { StackOptions } from './options.ts';
import type { ServiceFunction } from './service-function.ts';
import { Store } from './store.ts';

const GB = 1_000_000_000;

/** The workgroup the reports run in, its results, and one named query for each report. */
export class Athena extends Construct {
  readonly workGroup: CfnWorkGroup;
  readonly results: Store;
  readonly #names = new Map<string, string>();

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
    for (const report of props.reports) this.#addQuery(props.database, report);
  }

  /** Lets the function run the named queries in this workgroup and read their results. */
  bindRunner(fn: ServiceFunction): void {
    fn.addEnvironment('ATHENA_WORKGROUP', this.workGroup.name);
    fn.addEnvironment(
      'NAMED_QUERIES',
      Stack.of(this).toJsonString(Object.fromEntries(this.#names)),
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
    fn.allowObjects(this.results, '', ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload']);
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

  #addQuery(database: string, report: Report): void {
    const query = new CfnNamedQuery(this, report.name, {
      name: report.name,
      description: `${report.title}. ${report.description}`,
      database,
      workGroup: this.workGroup.name,
      queryString: report.sql,
    });
    query.addResourceDependency(this.workGroup);
    this.#names.set(report.name, query.attrNamedQueryId);
  }
}
