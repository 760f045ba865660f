import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endTethered, installPython, root, spawnTethered } from './tools.ts';

const STARTS_WITHIN_MS = 60_000;

/** A running emulator of AWS. */
export interface Emulator {
  endpoint: string;
  /** Environment of whatever shall talk to it: the AWS CLI, SDK clients, curl. */
  environment: Record<string, string>;
  /** Everything it wrote to its log. */
  log(): string;
  /** Ends it and removes what it kept. */
  stop(): Promise<void>;
}

/** Starts the emulator on a free port, IAM enforced; `bridge` is SQL that makes DuckDB speak Athena's. */
export async function startEmulator(bridge: string): Promise<Emulator> {
  const programs = await installPython(`${root}test/cloud/emulator/requirements.txt`);
  const folder = mkdtempSync(join(tmpdir(), 'stracelake-emulator-'));
  const port = await findFreePort();
  const logFile = join(folder, 'emulator.log');
  const command = [`${programs}/python`, `${root}test/cloud/emulator`];
  const child = spawnTethered(command, {
    output: openSync(logFile, 'w'),
    env: {
      ...process.env,
      AUTH: 'true',
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      LAMBDA_EXECUTOR: 'local',
      ATHENA_ENGINE: 'duckdb',
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      // No containers: functions run as processes, of the node that PATH finds first.
      DOCKER_HOST: 'unix:///nonexistent.sock',
      PATH: [`${root}node_modules/.bin`, process.env.PATH].join(delimiter),
      TMPDIR: folder,
      S3_DATA_DIR: join(folder, 's3'),
      STATE_DIR: join(folder, 'state'),
      EMULATOR_SQL_BRIDGE: bridge,
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  // By this name, not by its address: the emulator tells buckets from paths by the host.
  const endpoint = `http://localhost:${port}`;
  const emulator = {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    log: () => readFileSync(logFile, 'utf8'),
    stop: () => stop(child, folder),
  };
  try {
    await waitUntilHealthy(child, endpoint);
  } catch (error) {
    const text = emulator.log();
    await emulator.stop();
    throw new Error(`emulator did not start:\n${text}`, { cause: error });
  }
  return emulator;
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  await endTethered(child);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function waitUntilHealthy(child: ChildProcess, endpoint: string): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`emulator ended: exit code ${child.exitCode}`);
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(50);
  }
  throw new Error(`emulator not healthy within ms: ${STARTS_WITHIN_MS}`);
}

/** A TCP port nobody listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('port not known');
  return address.port;
}
