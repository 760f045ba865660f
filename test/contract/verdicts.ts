import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { sessionIdOf } from '../../lib/lake/session-id.ts';
import { root } from '../cloud/tools.ts';
import type { Answer, Client } from './target.ts';

const TIMEOUT_MS = 180_000;
/** A call that the log does not hold. */
const NEW_PROGRAM =
  'execve("/opt/new-program", ["new-program"], 0x7ffd0 /* 1 var */) = 0 <0.000300>';

/** The promises of the gate's part of the service; `session` is that of the log gcc.log. */
export function describeVerdicts(
  client: () => Client,
  session: () => string,
  write: (file: string, content: string) => string,
): void {
  describe('a verdict', () => {
    const asked = () => ({
      sessions: [session()],
      baseline: [session()],
      budget: { assert: { new_programs: 'error', new_files_read: 'error' } },
    });

    test('compares sessions, and is kept with the one that was judged', async () => {
      const judged = await judge(asked());
      expect(judged.status, judged.text).toBe(200);
      expect(judged.json()).toMatchObject({ result: 'passed', runs: [session()], version: 1 });
      const kept = await client().get(`/sessions/${session()}/verdict`);
      expect(kept.status).toBe(200);
      expect(kept.json()).toEqual(judged.json());
    });

    test('fails a session that does what its baseline did not', async () => {
      const key = client().key('changed.log');
      const log = `${readFileSync(`${root}test/logs/gcc.log`, 'utf8')}4129  09:24:59.000000 ${NEW_PROGRAM}\n`;
      await client().upload(write('changed.log', log), key);
      const id = sessionIdOf(key);
      await client().waitForSession(id);
      const judged = await judge({ ...asked(), sessions: [id] });
      expect(judged.json().result).toBe('failed');
      const [first, ...others] = judged.json().findings;
      expect(first).toMatchObject({ assertion: 'new_programs', status: 'failed' });
      expect(others.map(({ status }: { status: string }) => status)).not.toContain('failed');
      expect(JSON.stringify(first.items)).toContain('/opt/new-program');
    });

    test('is asked for before there is one, or in vain', async () => {
      await client().upload(`${root}test/logs/torture_nsT.log`, client().key('unjudged.log'));
      const id = sessionIdOf(client().key('unjudged.log'));
      await client().waitForSession(id);
      expect((await client().get(`/sessions/${id}/verdict`)).status).toBe(404);
      const refused = await client().post('/compare', { sessions: [] });
      expect(refused.status).toBe(400);
      expect(refused.json().detail).toContain('sessions');
    });

    /** The verdict at the end of the 202s, as `stracelake ci` asks for it. */
    async function judge(body: object): Promise<Answer> {
      const deadline = Date.now() + TIMEOUT_MS;
      for (;;) {
        const answer = await client().post('/compare', body);
        if (answer.status !== 202 || Date.now() > deadline) return answer;
        await delay(200);
      }
    }
  });
}
