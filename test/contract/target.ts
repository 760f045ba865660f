import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import { runAws } from '../cloud/aws-cli.ts';

const INGESTED_WITHIN_MS = 120_000;
const ANSWERED_WITHIN_MS = 120_000;
const POLL_MS = 100;

/** A running service, wherever it runs. */
export interface Target {
  /** Environment of the AWS CLI that reaches its S3. */
  environment: Record<string, string>;
  uploadsBucket: string;
  lakeBucket: string;
  /** Sends an HTTP request to its API as somebody who may ask; redirects are not followed. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Sends one as nobody; undefined when the service asks nobody who they are. */
  requestAnonymously?(path: string): Promise<Response>;
  /** Its queue of uploads and its dead letters; undefined when it has no SQS. */
  queues?: { ingestUrl: string; deadLetterUrl: string };
  stop(): Promise<void>;
}

/** An HTTP answer, read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  json(): any;
}

/** What the tests do with a target, as its users would. */
export class Client<T extends Target = Target> {
  readonly target: T;
  /** Keys of one run lie below a prefix of their own: a deployment outlives it. */
  readonly run = `contract-${randomBytes(4).toString('hex')}`;

  constructor(target: T) {
    this.target = target;
  }

  /** Key of a log of this run. */
  key(name: string): string {
    return `logs/${this.run}/${name}`;
  }

  /** `aws s3 cp` to the uploads bucket. */
  async upload(file: string, key: string, ...options: string[]): Promise<void> {
    const { uploadsBucket } = this.target;
    await this.aws(
      's3',
      'cp',
      '--only-show-errors',
      ...options,
      file,
      `s3://${uploadsBucket}/${key}`,
    );
  }

  /** Runs the AWS CLI on the target. */
  async aws(...args: string[]): Promise<string> {
    return runAws(this.target.environment, args);
  }

  /** An answer of the API. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return read(await this.target.request(path, { headers }));
  }

  /** Posts JSON to the API. */
  async post(path: string, content: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return read(
      await this.target.request(path, { method: 'POST', body: JSON.stringify(content), headers }),
    );
  }

  /** The answer at the end of the 202s: asks the same address until it is there. */
  async fetchReport(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const deadline = Date.now() + ANSWERED_WITHIN_MS;
    for (;;) {
      const answer = await this.get(path, headers);
      if (answer.status !== 202 || Date.now() > deadline) return answer;
      await delay(POLL_MS);
    }
  }

  /** Manifest of a session once it is as wanted: not ingesting, unless told otherwise. */
  async waitForSession(
    session: string,
    isWanted: (manifest: SessionManifest) => boolean = (manifest) =>
      manifest.status !== 'ingesting',
  ): Promise<SessionManifest> {
    const deadline = Date.now() + INGESTED_WITHIN_MS;
    for (;;) {
      const answer = await this.get(`/sessions/${session}`);
      if (answer.status === 200 && isWanted(answer.json())) return answer.json();
      if (Date.now() > deadline) {
        throw new Error(`session not as wanted: ${session}: ${answer.status} ${answer.text}`);
      }
      await delay(POLL_MS);
    }
  }

  /** Keys in a bucket below a prefix. */
  async listKeys(bucket: string, prefix: string): Promise<string[]> {
    const text = await this.aws(
      's3api',
      'list-objects-v2',
      '--bucket',
      bucket,
      '--prefix',
      prefix,
      '--output',
      'json',
    );
    const { Contents = [] } = JSON.parse(text || '{}') as { Contents?: { Key: string }[] };
    return Contents.map(({ Key }) => Key);
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: () => JSON.parse(text),
  };
}
