import { type ChildProcess, execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from '../cloud/emulator.ts';
import { cache, endTethered, finishInstall, requireTool, spawnTethered } from '../cloud/tools.ts';

const run = promisify(execFile);

/** Version of Trino: the last of those whose plugins Maven Central has whole. */
const VERSION = '476';
const OLDEST_JAVA = 24;
const STARTS_WITHIN_MS = 120_000;

/** Name of the catalogue, as in Athena. */
export const CATALOG = 'awsdatacatalog';

/** A Trino server in a process of its own. */
export interface Trino {
  url: string;
  stop(): Promise<void>;
}

/** Starts Trino with the Glue and S3 behind `endpoint` as its one catalogue; installs it when needed. */
export async function startTrino(endpoint: string): Promise<Trino> {
  const java = await findJava();
  const installation = await installTrino();
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'stracelake-trino-'));
  writeConfiguration(folder, port, endpoint);
  const logFile = join(folder, 'trino.log');
  const child = spawnTethered([java, ...javaOptions(folder, installation)], {
    output: openSync(logFile, 'w'),
    cwd: folder,
  });
  const trino = { url, stop: () => stop(child, folder) };
  try {
    await waitUntilStarted(child, url);
  } catch (error) {
    const text = readFileSync(logFile, 'utf8').slice(-5000);
    await trino.stop();
    throw new Error(`Trino did not start:\n${text}`, { cause: error });
  }
  return trino;
}

/** Java's program, new enough for Trino: JAVA_HOME's, else the newest below /usr/lib/jvm, else PATH's. */
async function findJava(): Promise<string> {
  const folder = '/usr/lib/jvm';
  const homes = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const programs = [process.env.JAVA_HOME ?? '', ...homes]
    .map((home) => join(home, 'bin/java'))
    .filter((program) => existsSync(program));
  for (const program of [...programs, 'java']) {
    if ((await javaVersion(program)) >= OLDEST_JAVA) return program;
  }
  throw new Error(
    `Java ${OLDEST_JAVA} or newer is missing; install it (apt-get install temurin-25-jdk) ` +
      'or set JAVA_HOME',
  );
}

async function javaVersion(program: string): Promise<number> {
  try {
    const { stderr } = await run(program, ['-version']);
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Folder with Trino's `lib` and its Hive plugin, fetched through Maven once: 450 MB. */
async function installTrino(): Promise<string> {
  const folder = join(cache, `trino-${VERSION}`);
  if (existsSync(folder)) return folder;
  await requireTool('mvn', ['--version'], 'apt-get install maven');
  await requireTool('unzip', ['-v'], 'apt-get install unzip');
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(join(unfinished, 'plugin'), { recursive: true });
  try {
    await fetchArtifact(`io.trino:trino-server-core:${VERSION}:tar.gz`, unfinished);
    await fetchArtifact(`io.trino:trino-hive:${VERSION}:zip`, unfinished);
    const server = join(unfinished, `trino-server-core-${VERSION}.tar.gz`);
    const hive = join(unfinished, `trino-hive-${VERSION}.zip`);
    const inFolder = `trino-server-core-${VERSION}/lib`;
    await run('tar', ['-xzf', server, '-C', unfinished, '--strip-components=1', inFolder]);
    await run('unzip', ['-q', hive, '-d', join(unfinished, 'plugin')]);
    renameSync(join(unfinished, `plugin/trino-hive-${VERSION}`), join(unfinished, 'plugin/hive'));
    for (const archive of [server, hive]) rmSync(archive);
    finishInstall(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function fetchArtifact(artifact: string, outputDirectory: string): Promise<void> {
  await run('mvn', [
    '-q',
    '-B',
    'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
    `-Dartifact=${artifact}`,
    `-DoutputDirectory=${outputDirectory}`,
  ]);
}

function writeConfiguration(folder: string, port: number, endpoint: string): void {
  writeProperties(join(folder, 'etc/config.properties'), {
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    'http-server.http.port': String(port),
    'discovery.uri': `http://127.0.0.1:${port}`,
    'query.max-memory': '800MB',
    'query.max-memory-per-node': '800MB',
    'memory.heap-headroom-per-node': '400MB',
    // It would keep a hundred queries that have ended, and their plans.
    'query.max-history': '10',
    'query.min-expire-age': '1s',
  });
  writeProperties(join(folder, 'etc/log.properties'), { io: 'WARN' });
  writeProperties(join(folder, `etc/catalog/${CATALOG}.properties`), {
    'connector.name': 'hive',
    'hive.metastore': 'glue',
    'hive.metastore.glue.region': 'us-east-1',
    'hive.metastore.glue.endpoint-url': endpoint,
    'hive.metastore.glue.aws-access-key': 'test',
    'hive.metastore.glue.aws-secret-key': 'test',
    'hive.partition-projection-enabled': 'true',
    'hive.table-statistics-enabled': 'false',
    // Athena reads the files below an unpartitioned table's location however deep they lie.
    'hive.recursive-directories': 'true',
    // Reads the columns asked for and nothing between them, so that bytes read can be counted.
    'parquet.small-file-threshold': '0B',
    'parquet.max-merge-distance': '0B',
    'fs.native-s3.enabled': 'true',
    's3.endpoint': endpoint,
    's3.region': 'us-east-1',
    's3.path-style-access': 'true',
    's3.aws-access-key': 'test',
    's3.aws-secret-key': 'test',
  });
}

function writeProperties(file: string, properties: Record<string, string>): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''));
}

function javaOptions(folder: string, installation: string): string[] {
  return [
    '-Xmx1536m',
    '-XX:+UseG1GC',
    '-XX:TieredStopAtLevel=1',
    '-Djdk.attach.allowAttachSelf=true',
    '--add-modules=jdk.incubator.vector',
    '--enable-native-access=ALL-UNNAMED',
    '-Dnode.environment=test',
    '-Dnode.id=test-1',
    `-Dnode.data-dir=${folder}/data`,
    `-Dconfig=${folder}/etc/config.properties`,
    `-Dlog.levels-file=${folder}/etc/log.properties`,
    `-Dcatalog.config-dir=${folder}/etc/catalog`,
    `-Dplugin.dir=${installation}/plugin`,
    '-cp',
    `${installation}/lib/*`,
    'io.trino.server.TrinoServer',
  ];
}

async function waitUntilStarted(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`Trino ended: exit code ${child.exitCode}`);
    const answer = await fetch(`${url}/v1/info`).catch(() => undefined);
    if (answer?.ok && ((await answer.json()) as { starting: boolean }).starting === false) return;
    await delay(200);
  }
  throw new Error(`Trino not started within ms: ${STARTS_WITHIN_MS}`);
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  await endTethered(child);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
