import type { ExportJob } from '../../exports/make-export.ts';
import type { ObjectStore } from '../../lake/object-store.ts';
import type { ObjectLocation, QueryEngine } from '../engine.ts';
import type { Catalogue } from '../report.ts';
import type { ApiFeatures } from './openapi/document.ts';

/** What the report API works with; the cloud and the embedded stack each make their own. */
export interface ReportDeps {
  store: ObjectStore;
  lakeBucket: string;
  /** Named in messages that tell how to upload. */
  uploadsBucket: string;
  engine: QueryEngine;
  catalogue(): Promise<Catalogue>;
  /** Short-lived URL that downloads an object under a file name, without credentials. */
  presign(object: ObjectLocation, fileName: string, contentType: string): Promise<string>;
  /** Has an export made, and does not wait for it. */
  startExport(job: ExportJob): Promise<void>;
  /** What this deployment has; by default callers must be authorized. */
  features?: ApiFeatures;
  /** Told of whatever ends a request with a 5xx status. */
  onFailure?(error: unknown): void;
  /** The time; by default that of the machine. */
  now?(): Date;
  /** Milliseconds a request waits for its query before it answers 202; 25,000 by default. */
  waitMs?: number;
  /** Bytes a page's body may have; 5,000,000 by default. */
  maxBodyBytes?: number;
}
