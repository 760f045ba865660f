import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { S3Client } from '@aws-sdk/client-s3';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { report } from '../lambdas/report.ts';
import { type UploadDeps, upload } from '../lambdas/upload.ts';
import { S3ObjectStore } from '../lib/lake/s3-object-store.ts';
import { answerPage, isPage, type PageDeps } from '../lib/page/page-answer.ts';
import { loadStaticFiles } from '../lib/page/static-files.ts';
import type { ReportDeps } from '../lib/reports/api/deps.ts';
import type { ApiResponse } from '../lib/reports/api/response.ts';
import { createCatalogue, loadReports, loadTrends } from '../lib/reports/catalogue.ts';
import { presignDownload } from '../lib/reports/presigned-download.ts';
import { bucketsFolder, LAKE_BUCKET, UPLOADS_BUCKET } from './data-folder.ts';
import { DuckDbEngine } from './duckdb-engine.ts';
import { ExportWorkers } from './export-workers.ts';
import { fileOfObject } from './object-files.ts';
import { answerSql, isSql, type SqlDeps } from './sql-answer.ts';
import { SqlRunner } from './sql-runner.ts';

/** What S3 takes in one PUT. */
const UPLOAD_LIMIT_BYTES = 5_000_000_000;
/** Where npm run build:web puts the page. */
const PAGE_FOLDER = fileURLToPath(new URL('../web/dist', import.meta.url));

/** The handlers behind HTTP over DuckDB and the Parquet files of a data folder. */
export interface ReportService {
  answer(event: APIGatewayProxyEventV2): Promise<ApiResponse>;
  close(): Promise<void>;
}

/** Sets up the report handler on a data folder whose S3 server is up. */
export function createReportService(options: {
  dataDir: string;
  client: S3Client;
  s3Url: string;
  onError?(message: string): void;
}): ReportService {
  const { dataDir, client, s3Url, onError } = options;
  const store = new S3ObjectStore(client);
  const fileOf = (key: string) => fileOfObject(bucketsFolder(dataDir), LAKE_BUCKET, key);
  const engine = new DuckDbEngine({
    resultFolder: join(dataDir, 'results'),
    fileOf,
    store,
    lakeBucket: LAKE_BUCKET,
  });
  const exports = new ExportWorkers({ s3Url, lakeBucket: LAKE_BUCKET }, onError);
  const catalogue = createCatalogue([...loadReports(), ...loadTrends()]);
  const deps: ReportDeps = {
    store,
    lakeBucket: LAKE_BUCKET,
    uploadsBucket: UPLOADS_BUCKET,
    engine,
    catalogue: async () => catalogue,
    features: { access: 'open', sql: true },
    presign: (object, fileName, contentType) =>
      presignDownload(client, object, fileName, contentType),
    startExport: async (job) => exports.start(job),
    onFailure: (error) => onError?.(String(error)),
  };
  const uploads: UploadDeps = {
    s3: client,
    uploadsBucket: UPLOADS_BUCKET,
    limitBytes: UPLOAD_LIMIT_BYTES,
    now: () => new Date(),
    onFailure: deps.onFailure,
  };
  const sql: SqlDeps = { reports: deps, runner: new SqlRunner(), fileOf };
  const page: PageDeps = {
    files: loadStaticFiles(PAGE_FOLDER),
    config: { uploads_bucket: UPLOADS_BUCKET, s3_endpoint: s3Url, sql: true },
    connects: [s3Url],
  };
  return {
    answer: async (event) => {
      if (isPage(event)) return await answerPage(event, page);
      if (isUpload(event)) return await upload(event, uploads);
      return isSql(event) ? await answerSql(event, sql) : await report(event, deps);
    },
    close: async () => {
      sql.runner.close();
      await exports.close();
      await engine.close();
    },
  };
}

function isUpload({ rawPath, requestContext }: APIGatewayProxyEventV2): boolean {
  return rawPath === '/uploads' && requestContext.http.method === 'POST';
}
