import { workerData } from 'node:worker_threads';
import { type ExportJob, makeExport } from '../lib/exports/make-export.ts';
import { S3ObjectStore } from '../lib/lake/s3-object-store.ts';
import { connectS3 } from './s3-client.ts';

/** What a worker is started with. */
export interface ExportWorkerData {
  s3Url: string;
  lakeBucket: string;
  job: ExportJob;
}

const { s3Url, lakeBucket, job } = workerData as ExportWorkerData;
const client = connectS3(s3Url);
await makeExport(job, { store: new S3ObjectStore(client), lakeBucket, now: () => new Date() });
client.destroy();
