import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { convertLog } from '../../lib/lake/convert-log.ts';
import { type IngestPorts, ingestSession } from '../../lib/lake/ingest-session.ts';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { S3ObjectStore } from '../../lib/lake/s3-object-store.ts';
import type { SqlValue } from '../../lib/reports/engine.ts';
import { DuckDbEngine } from '../../local/duckdb-engine.ts';
import type { Cell } from '../../local/sql-job.ts';
import { openSandbox, runSql } from '../../local/sql-sandbox.ts';
import { createS3, createStack, type Template } from '../cloud/deployment.ts';
import { type Emulator, startEmulator } from '../cloud/emulator.ts';
import { synthesize } from '../stack/synthesized.ts';
import { columnsRead, executeQuery, runStatement, type TrinoResult } from './statement.ts';
import { startTrino, type Trino } from './trino.ts';

const UPLOADS = 'uploads';
const DATABASE = 'stracelake';

/** One lake that Trino reads through the emulator's Glue and S3, and DuckDB from files. */
export class QueriedLake {
  /** Manifests of what was ingested, by session. */
  readonly sessions = new Map<string, SessionManifest>();
  readonly #folder: string;
  readonly #emulator: Emulator;
  readonly #trino: Trino;
  readonly #duckDb: DuckDbEngine;
  readonly #s3: S3Client;
  readonly #ports: IngestPorts;
  /** Sees what was ingested before it was opened. */
  #sandbox?: Awaited<ReturnType<typeof openSandbox>>;

  private constructor(folder: string, emulator: Emulator, trino: Trino, lakeBucket: string) {
    this.#folder = folder;
    this.#emulator = emulator;
    this.#trino = trino;
    this.#s3 = createS3(emulator);
    const store = new S3ObjectStore(this.#s3);
    this.#ports = { store, lakeBucket, convert: convertLog, now: () => new Date() };
    this.#duckDb = new DuckDbEngine({
      resultFolder: join(folder, 'results'),
      fileOf: (key) => join(folder, key),
      store,
      lakeBucket,
    });
  }

  /** Starts the emulator with the stack's lake and tables, and Trino over it; the lake is empty. */
  static async start(): Promise<QueriedLake> {
    const folder = mkdtempSync(join(tmpdir(), 'stracelake-trino-test-'));
    writeFileSync(join(folder, 'bridge.sql'), '');
    const emulator = await startEmulator(join(folder, 'bridge.sql'));
    try {
      const outputs = await createStack(emulator, 'Lake', onlyTheLake(synthesize().resources));
      await createS3(emulator).send(new CreateBucketCommand({ Bucket: UPLOADS }));
      const trino = await startTrino(emulator.endpoint);
      return new QueriedLake(folder, emulator, trino, outputs.LakeBucket);
    } catch (error) {
      await emulator.stop();
      throw error;
    }
  }

  /** Ingests a log uploaded under `key`; throws unless its session becomes ready. */
  async ingest(
    key: string,
    log: Uint8Array,
    metadata: Record<string, string> = {},
  ): Promise<SessionManifest> {
    const object = { Bucket: UPLOADS, Key: key, Body: log, Metadata: metadata };
    await this.#s3.send(new PutObjectCommand(object));
    const outcome = await ingestSession(this.#ports, UPLOADS, key);
    if (outcome.status !== 'ready') throw new Error(`session not ready: ${key}: ${outcome.status}`);
    const { manifest } = outcome;
    const { store, lakeBucket } = this.#ports;
    for (const file of [...manifest.files, manifest.stats!]) {
      const copy = join(this.#folder, file.key);
      mkdirSync(dirname(copy), { recursive: true });
      writeFileSync(copy, await buffer(await store.read(lakeBucket, file.key)));
    }
    writeFileSync(this.#manifestFile(manifest.session), `${JSON.stringify(manifest)}\n`);
    this.sessions.set(manifest.session, manifest);
    this.#closeSandbox();
    return manifest;
  }

  /** Puts other bytes in place of the only Parquet file of a session. */
  async replaceFile({ files: [{ key }] }: SessionManifest, bytes: Uint8Array): Promise<void> {
    const { lakeBucket } = this.#ports;
    await this.#s3.send(new PutObjectCommand({ Bucket: lakeBucket, Key: key, Body: bytes }));
  }

  /** Asks Trino; `literals` take the places of `?`, as Athena takes them. */
  async askTrino(sql: string, literals?: string[]): Promise<TrinoResult> {
    const { url } = this.#trino;
    if (!literals) return runStatement(url, DATABASE, sql);
    return executeQuery(url, DATABASE, sql, literals);
  }

  /** Columns that a query asked just now read, once for each time that it read a table. */
  async columnsRead({ id }: TrinoResult): Promise<string[]> {
    return columnsRead(this.#trino.url, id);
  }

  /** The files of a session, as copies on disk. */
  filesOf({ files }: SessionManifest): string[] {
    return files.map(({ key }) => join(this.#folder, key));
  }

  /** Asks DuckDB about the sessions named, or else those that are among the parameters. */
  async askDuckDb(
    sql: string,
    parameters: (string | bigint)[],
    named: readonly string[] = [],
  ): Promise<SqlValue[][]> {
    const sessions = [...this.sessions.values()].filter(
      ({ session }) => named.includes(session) || parameters.includes(session),
    );
    const execution = await this.#duckDb.start({ sql, parameters, sessions });
    const state = await this.#duckDb.wait(execution, 60_000);
    if (state.status !== 'succeeded') throw new Error(`DuckDB: ${JSON.stringify(state)}`);
    return (await this.#duckDb.page(execution, 1_000_000)).rows;
  }

  /** Asks DuckDB as `stracelake sql` does: all sessions, with the tables calls_all, call_stats and sessions. */
  async askSandbox(sql: string): Promise<Cell[][]> {
    const sessions = [...this.sessions.values()].map((manifest) => ({
      session: manifest.session,
      files: this.filesOf(manifest),
    }));
    const manifests = sessions.map(({ session }) => this.#manifestFile(session));
    const limits = { maxRows: 1_000_000, maxBytes: 1e8, engineMb: 512 };
    const stats = [...this.sessions.values()].map(({ stats }) => join(this.#folder, stats!.key));
    const job = { sql, sessions, stats, manifests, folder: this.#folder, ...limits };
    this.#sandbox ??= await openSandbox(job);
    return (await runSql(this.#sandbox, job)).rows;
  }

  /** Ends everything and removes its files. */
  async stop(): Promise<void> {
    this.#closeSandbox();
    await this.#duckDb.close();
    await this.#trino.stop();
    await this.#emulator.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #closeSandbox(): void {
    this.#sandbox?.closeSync();
    this.#sandbox = undefined;
  }

  #manifestFile(session: string): string {
    return join(this.#folder, `${session}.json`);
  }
}

/** Of the whole stack only what a query needs: the lake's bucket and the tables over it. */
function onlyTheLake(resources: Template['Resources']): Template {
  const kept = Object.entries(resources).filter(
    ([id, { Type }]) =>
      Type.startsWith('AWS::Glue::') || (Type === 'AWS::S3::Bucket' && id.startsWith('Lake')),
  );
  const [bucket] = kept.find(([, { Type }]) => Type === 'AWS::S3::Bucket')!;
  delete resources[bucket].Properties.LoggingConfiguration;
  return {
    Resources: Object.fromEntries(kept),
    Outputs: { LakeBucket: { Value: { Ref: bucket } } },
  };
}
