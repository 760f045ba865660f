import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LOGS_PREFIX } from '../lake/keys.ts';
import type { Report } from '../reports/report.ts';
import { Api } from './api.ts';
import { Athena } from './athena.ts';
import { Catalogue } from './catalogue.ts';
import { Exports } from './exports.ts';
import { INGEST_TIMEOUT, Ingest } from './ingest.ts';
import { Lake } from './lake.ts';
import { Operations } from './operations.ts';
import { catalogueName, type StackOptions } from './options.ts';
import { Page } from './page.ts';
import { AccessLogs } from './store.ts';
import { Uploads } from './uploads.ts';

/** The whole service: a log put into the uploads bucket becomes reports behind the HTTP API. */
export class StracelakeStack extends Stack {
  constructor(
    scope: Construct,
    options: StackOptions,
    queries: { reports: readonly Report[]; views: readonly Report[] },
    props: StackProps = {},
  ) {
    super(scope, options.stackName, {
      description: 'stracelake: strace logs in S3, reports in SQL',
      ...props,
    });
    const accessLogs = new AccessLogs(this, 'AccessLogs');
    const uploads = new Uploads(this, 'Uploads', {
      options,
      accessLogs,
      ingestTimeout: INGEST_TIMEOUT,
    });
    const ingest = new Ingest(this, 'Ingest', { options });
    const lake = new Lake(this, 'Lake', { options, accessLogs });
    const name = catalogueName(options.stackName);
    const catalogue = new Catalogue(this, 'Catalogue', {
      database: name,
      lake,
      views: queries.views,
    });
    const athena = new Athena(this, 'Athena', {
      name,
      database: catalogue.database,
      options,
      reports: queries.reports,
      accessLogs,
    });
    const exports = new Exports(this, 'Exports', { options });
    const api = new Api(this, 'Api', { options });

    uploads.bindIngest(ingest.fn);
    lake.bindWriter(ingest.fn);
    uploads.bindUpload(api.upload);
    lake.bindReader(api.report);
    lake.bindQueries(api.report);
    lake.bindExports(api.report);
    lake.bindGate(api.report);
    lake.bindExporter(exports.fn);
    exports.bindStarter(api.report);
    catalogue.bindReader(api.report);
    athena.bindRunner(api.report);
    api.report.addEnvironment('UPLOADS_BUCKET', uploads.bucket.bucketName);
    api.upload.addEnvironment('UPLOAD_LIMIT_BYTES', String(options.uploadLimitGb * 1_000_000_000));

    const page =
      options.page &&
      new Page(this, 'Page', { options, page: options.page, api: api.api, uploads });

    new Operations(this, 'Operations', {
      uploads,
      functions: {
        ingest: ingest.fn,
        export: exports.fn,
        report: api.report,
        upload: api.upload,
        health: api.health,
      },
      page: page?.fn,
      api: api.api,
      workGroup: name,
      alarmEmail: options.alarmEmail,
    });
    this.#print(options, uploads, lake, athena, api);
  }

  #print(options: StackOptions, uploads: Uploads, lake: Lake, athena: Athena, api: Api): void {
    const url = api.api.apiEndpoint;
    // Without -L: curl would hand on the token's header to S3, which takes none beside a signed address.
    const signature =
      options.auth.mode === 'iam'
        ? `--aws-sigv4 aws:amz:${this.region}:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"`
        : '-H "authorization: Bearer $TOKEN"';
    const outputs = {
      ApiUrl: url,
      ...(options.page && { PageUrl: `${url}/` }),
      UploadsBucket: uploads.bucket.bucketName,
      LakeBucket: lake.bucket.bucketName,
      ResultsBucket: athena.results.bucketName,
      IngestQueueUrl: uploads.queue.queueUrl,
      DeadLetterQueueUrl: uploads.deadLetters.queueUrl,
      Database: catalogueName(options.stackName),
      WorkGroup: athena.workGroup.name,
      UploadCommand: `aws s3 cp app.log s3://${uploads.bucket.bucketName}/${LOGS_PREFIX}app.log`,
      ReportCommand: `curl ${signature} "${url}/sessions/app/reports/summary?format=text"`,
    };
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}
