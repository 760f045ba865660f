import type { Budget } from '../lib/gate/budget-schema.ts';
import type { RunFolders } from '../lib/gate/normalise.ts';
import type { Verdict } from '../lib/gate/verdict.ts';
import { findBranch } from './ci-branch.ts';
import { UsageError, WorkError } from './errors.ts';
import type { LogOptions, ServiceOptions } from './options.ts';
import { findService } from './service-choice.ts';
import { ask, joinUrl, type Service } from './service-request.ts';
import type { Terminal } from './terminal.ts';
import { uploadLogs } from './upload.ts';

/** What is said of a gate's sessions. */
export interface GateServiceOptions extends LogOptions, ServiceOptions {
  /** Name of the gate: sessions are compared with those of the same name. */
  name: string;
  label?: string[];
  /** Seconds. */
  timeout: number;
}

const LABEL_VALUE = /^[ -~]{1,200}$/;

/** The service of `--url` or STRACELAKE_URL; undefined when none is named, which judges on this machine. */
export async function findGateService(
  options: ServiceOptions,
  terminal: Terminal,
): Promise<Service | undefined> {
  return options.url ? await findService(options, terminal) : undefined;
}

/** Uploads logs and waits until they are sessions; gives their names. */
export async function uploadRuns(
  logs: readonly string[],
  options: GateServiceOptions,
  folders: RunFolders,
  terminal: Terminal,
): Promise<string[]> {
  const { env } = terminal.streams;
  const labels = { ...findBranch(env, folders.work ?? '.'), gate: options.name, ...folders };
  const own = Object.entries(labels)
    .filter(([, value]) => LABEL_VALUE.test(value))
    .map(([name, value]) => `${name}=${value}`);
  const upload = {
    ...options,
    name: `gate/${options.name}/${runIdOf(env)}/`,
    label: [...own, ...(options.label ?? [])],
    wait: true,
  };
  const results = await uploadLogs(logs, upload, terminal);
  const failed = results.find(({ status }) => status === 'failed');
  if (failed)
    throw new WorkError(`log is no session: ${failed.file}: ${failed.failure?.detail ?? ''}`);
  return results.map(({ session }) => session);
}

/** Has the service judge sessions; the baseline are those named, else those the budget tells by labels. */
export async function judgeSessions(
  service: Service,
  sessions: readonly string[],
  budget: Budget,
  { name }: GateServiceOptions,
  baseline?: readonly string[],
): Promise<Verdict> {
  const labels = budget.baseline?.labels ?? { branch: 'main', gate: name };
  const body = {
    sessions,
    ...(baseline && { baseline }),
    budget: { ...budget, baseline: { ...budget.baseline, labels } },
  };
  const answer = await ask(service, '/compare', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return withAddresses((await answer.json()) as Verdict, service);
}

/** Refuses what cannot be a gate's name: it is part of keys and labels. */
export function checkGateName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name))
    throw new UsageError(`--name wants letters, digits, - and _, this is none: ${name}`);
}

/** What tells one run of the pipeline from all others. */
function runIdOf(env: Terminal['streams']['env']): string {
  const github = env.GITHUB_RUN_ID && `${env.GITHUB_RUN_ID}-${env.GITHUB_RUN_ATTEMPT ?? 1}`;
  const known = github || env.CI_JOB_ID || env.BUILD_TAG;
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 17);
  return `${known ? `${known}-` : ''}${time}-${process.pid}`.replace(/[^A-Za-z0-9_-]/g, '_');
}

/** The page of the service is where the service is. */
function withAddresses(verdict: Verdict, { url }: Service): Verdict {
  for (const { items } of verdict.findings)
    for (const { evidence } of items)
      if (evidence?.look?.startsWith('#')) evidence.look = joinUrl(url, '/') + evidence.look;
  return verdict;
}
