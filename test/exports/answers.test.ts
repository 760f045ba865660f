import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportFormats } from '../../lib/exports/export-format.ts';
import { exportKey, exportStateKey } from '../../lib/exports/export-keys.ts';
import { type ExportJob, makeExport } from '../../lib/exports/make-export.ts';
import type { SessionManifest } from '../../lib/lake/manifest.ts';
import type { ReportDeps } from '../../lib/reports/api/deps.ts';
import { ReportService } from '../lambdas/report-service.ts';
import { sampleRows } from '../reports/fixtures.ts';

let service: ReportService;
let manifest: SessionManifest;

beforeAll(async () => {
  service = await ReportService.start();
  manifest = await service.addSession('sample', sampleRows);
});

afterAll(async () => {
  await service.stop();
});

describe('an export', () => {
  it.each([...exportFormats.values()])('$name is redirected to', async (format) => {
    const answer = await service.send(`/sessions/sample/exports/${format.name}`);
    expect(answer.status, answer.text).toBe(303);
    const [, key, name] = /^http:\/\/s3\/lake\/(.+)\?as=(.+)$/.exec(answer.headers.location!)!;
    expect(name).toBe(`sample.${format.extension}`);
    expect(await service.store.head('lake', key!)).toBeDefined();
    if (format.name === 'parquet') expect(key).toBe(manifest.files[0]!.key);
    else expect(key).toBe(exportKey(manifest, format));
  });

  it('holds the rows of its session', async () => {
    await service.send('/sessions/sample/exports/ndjson');
    const key = exportKey(manifest, exportFormats.get('ndjson')!);
    const lines = (await service.store.readText('lake', key))!.trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line));
    expect(rows.map(({ seq }) => seq)).toEqual(sampleRows.map(({ seq }) => seq));
    expect(rows[0]).toMatchObject({
      session: 'sample',
      syscall: 'execve',
      paths: ['/usr/bin/make'],
    });
  });

  it('is made once, and anew for another ingest', async () => {
    const started: ExportJob[] = [];
    const startExport = async (job: ExportJob) => {
      started.push(job);
      await service.deps.startExport(job);
    };
    await service.addSession('changing', sampleRows);
    const first = await service.send('/sessions/changing/exports/csv', {}, { startExport });
    const again = await service.send('/sessions/changing/exports/csv', {}, { startExport });
    expect(again.headers.location).toBe(first.headers.location);
    await service.addSession('changing', sampleRows.slice(0, 3), { generation: 'second' });
    const second = await service.send('/sessions/changing/exports/csv', {}, { startExport });
    expect(second.headers.location).not.toBe(first.headers.location);
    expect(started).toHaveLength(2);
    const text = await service.store.readText('lake', keyOf(second.headers.location!));
    expect(text!.trimEnd().split('\r\n')).toHaveLength(4);
  });

  it('may take longer than a request: 202, begun once, the file later at the same address', async () => {
    await service.addSession('slow', sampleRows);
    const started: ExportJob[] = [];
    const slow: Partial<ReportDeps> = {
      waitMs: 0,
      startExport: async (job) => {
        started.push(job);
      },
    };
    const target = '/sessions/slow/exports/folded';
    for (let i = 0; i < 3; i++) {
      const pending = await service.send(target, {}, slow);
      expect(pending.status).toBe(202);
      expect(pending.headers).toMatchObject({ location: target, 'retry-after': '3' });
    }
    expect(started).toHaveLength(1);
    await service.deps.startExport(started[0]!);
    expect((await service.send(target, {}, slow)).status).toBe(303);
  });

  it('is answered as soon as it is there', async () => {
    await service.addSession('later', sampleRows);
    const answer = await service.send(
      '/sessions/later/exports/csv',
      {},
      {
        startExport: async (job) => {
          setImmediate(() => service.deps.startExport(job));
        },
      },
    );
    expect(answer.status).toBe(303);
  });

  it('that cannot be made is 502 for a while, and then tried again', async () => {
    const failing = await service.addSession('failing', sampleRows);
    const key = exportKey(failing, exportFormats.get('csv')!);
    const { objects } = service.store;
    const file = objects.get(`lake/${failing.files[0]!.key}`)!;
    objects.delete(`lake/${failing.files[0]!.key}`);
    const startExport = (job: ExportJob) => service.deps.startExport(job);
    for (let i = 0; i < 2; i++) {
      const answer = await service.send('/sessions/failing/exports/csv', {}, { startExport });
      expect(answer.status).toBe(502);
      expect(answer.json.type).toBe('urn:stracelake:problem:export-failed');
    }
    expect(service.failures.length).toBeGreaterThan(0);
    service.failures.length = 0;
    objects.set(`lake/${failing.files[0]!.key}`, file);
    const old = { status: 'failed', at: '2020-01-01T00:00:00.000Z', message: '' };
    await service.store.writeText('lake', exportStateKey(key), JSON.stringify(old));
    expect((await service.send('/sessions/failing/exports/csv')).status).toBe(303);
  });

  it('is begun again when who made it is gone', async () => {
    const dead = await service.addSession('dead', sampleRows);
    const key = exportKey(dead, exportFormats.get('csv')!);
    const old = { status: 'making', at: '2020-01-01T00:00:00.000Z' };
    await service.store.writeText('lake', exportStateKey(key), JSON.stringify(old));
    expect((await service.send('/sessions/dead/exports/csv')).status).toBe(303);
  });

  it.each<[string, number, string, string]>([
    ['/sessions/sample/exports/pdf', 404, 'unknown-export', 'perfetto'],
    ['/sessions/none/exports/csv', 404, 'unknown-session', 'none'],
    ['/sessions/sample/exports/csv?pid=1', 400, 'bad-parameter', 'pid'],
    ['/sessions/timeless/exports/perfetto', 409, 'export-lacks-data', '-ttt'],
    ['/sessions/timeless/exports/folded', 409, 'export-lacks-data', '-T'],
  ])('of %s is %i %s', async (target, status, kind, hint) => {
    const options = { durations: false } as SessionManifest['options'];
    await service.addSession('timeless', sampleRows, { start_time: null, options });
    const answer = await service.send(target);
    expect(answer.status).toBe(status);
    expect(answer.json.type).toBe(`urn:stracelake:problem:${kind}`);
    expect(answer.json.detail).toContain(hint);
  });
});

describe('makeExport', () => {
  it('makes nothing of a session that was replaced', async () => {
    const ports = { store: service.store, lakeBucket: 'lake', now: () => new Date() };
    const job = { session: 'sample', format: 'csv', key: 'results/exports/sample/old.csv' };
    await expect(makeExport(job, ports)).rejects.toThrow('session was replaced');
    expect(await service.store.head('lake', job.key)).toBeUndefined();
    expect(await service.store.readText('lake', exportStateKey(job.key))).toContain('failed');
  });
});

function keyOf(location: string): string {
  return /lake\/(.+)\?/.exec(location)![1]!;
}
