import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { report } from '../../lambdas/report.ts';
import { makeExport } from '../../lib/exports/make-export.ts';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { writeManifest } from '../../lib/lake/manifests.ts';
import type { ReportDeps } from '../../lib/reports/api/deps.ts';
import type { ApiResponse } from '../../lib/reports/api/response.ts';
import { createCatalogue, loadReports, loadTrends } from '../../lib/reports/catalogue.ts';
import { DuckDbEngine } from '../../local/duckdb-engine.ts';
import { type CallRow, manifestOf, writeParquet } from '../reports/fixtures.ts';
import { MemoryStore } from '../reports/memory-store.ts';

/** An answer as a client sees it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

/** The report handler over real DuckDB and Parquet in a temporary folder, manifests in memory. */
export class ReportService {
  readonly store = new MemoryStore();
  readonly failures: unknown[] = [];
  readonly engine: DuckDbEngine;
  readonly folder: string;
  deps: ReportDeps;

  private constructor(folder: string) {
    this.folder = folder;
    this.engine = new DuckDbEngine({
      resultFolder: join(folder, 'results'),
      fileOf: (key) => this.fileOf(key),
      store: this.store,
      lakeBucket: 'lake',
    });
    const catalogue = createCatalogue([...loadReports(), ...loadTrends()]);
    this.deps = {
      store: this.store,
      lakeBucket: 'lake',
      uploadsBucket: 'uploads',
      engine: this.engine,
      catalogue: async () => catalogue,
      presign: async ({ bucket, key }, fileName) => `http://s3/${bucket}/${key}?as=${fileName}`,
      startExport: (job) =>
        makeExport(job, { store: this.store, lakeBucket: 'lake', now: () => new Date() }),
      onFailure: (error) => this.failures.push(error),
    };
  }

  static async start(): Promise<ReportService> {
    return new ReportService(await mkdtemp(join(tmpdir(), 'stracelake-')));
  }

  async stop(): Promise<void> {
    await this.engine.close();
    await rm(this.folder, { recursive: true });
  }

  fileOf(key: string): string {
    return join(this.folder, key.replaceAll('/', '_'));
  }

  /** Puts a ready session of one Parquet file into the lake. */
  async addSession(
    name: string,
    rows: readonly CallRow[],
    change: Partial<SessionManifest> = {},
  ): Promise<SessionManifest> {
    const key = `calls/session=${name}/part-00000-${change.generation ?? 'first'}.parquet`;
    await writeParquet(this.fileOf(key), name, rows);
    await this.store.writeStream('lake', key, createReadStream(this.fileOf(key)));
    const file = { key, path: this.fileOf(key), rows: rows.length };
    const manifest = await manifestOf(name, [file], change);
    await writeManifest(this.store, 'lake', manifest);
    return manifest;
  }

  /** Sends `GET /path?query` (or `METHOD /path`) as API Gateway does. */
  async send(
    target: string,
    headers: Record<string, string> = {},
    deps: Partial<ReportDeps> = {},
  ): Promise<Answer> {
    const [method, url] = target.includes(' ') ? target.split(' ') : ['GET', target];
    const [path, query = ''] = url!.split('?');
    return toAnswer(
      await report(eventOf(method!, path!, query, headers), { ...this.deps, ...deps }),
    );
  }
}

/** An event of API Gateway's HTTP API, payload 2.0. */
export function eventOf(
  method: string,
  rawPath: string,
  rawQueryString: string,
  headers: Record<string, string>,
): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers,
    isBase64Encoded: false,
    requestContext: {
      accountId: '',
      apiId: '',
      domainName: 'localhost',
      domainPrefix: '',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
  };
}

function toAnswer(response: ApiResponse): Answer {
  const headers = Object.fromEntries(
    Object.entries(response.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
  const text = response.body ?? '';
  return {
    status: response.statusCode ?? 200,
    headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

/** Address of the next page in an answer's Link header. */
export function nextOf(answer: Answer): string | undefined {
  return /^<([^>]+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1];
}
