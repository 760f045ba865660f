import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { root } from '../cloud/tools.ts';
import type { Client } from './target.ts';

const TORTURE_LOG = `${root}test/logs/torture_nsT.log`;

/** The promises of uploads by a presigned URL. */
export function describeTickets(client: () => Client): void {
  describe('an upload without AWS keys', () => {
    test('takes the log it was asked for, under its own name', async () => {
      const body = readFileSync(TORTURE_LOG);
      const ticket = await client().post('/uploads', {
        name: `${client().run}/ticket.log`,
        size_bytes: body.length,
        'label-by': 'ticket',
      });
      expect(ticket.status, ticket.text).toBe(201);
      const { url, method, headers, session: id, session_url, key } = ticket.json();
      expect(key).toBe(client().key('ticket.log'));
      const put = await fetch(url, { method, headers, body });
      expect(put.status, await put.text()).toBe(200);
      expect(await client().waitForSession(id)).toMatchObject({ labels: { by: 'ticket' } });
      expect((await client().get(session_url)).status).toBe(200);
    });

    test('takes no other name and no other length', async () => {
      const body = Buffer.from('x'.repeat(100));
      const name = `${client().run}/strict.log`;
      const { url } = (await client().post('/uploads', { name, size_bytes: 100 })).json();
      const elsewhere = await fetch(url.replace('strict.log', 'other.log'), {
        method: 'PUT',
        body,
      });
      expect(elsewhere.status).toBe(403);
      const longer = await fetch(url, { method: 'PUT', body: Buffer.concat([body, body]) });
      expect(longer.status).toBe(403);
      expect(
        await client().listKeys(client().target.uploadsBucket, client().key('strict')),
      ).toEqual([]);
      expect(await client().listKeys(client().target.uploadsBucket, client().key('other'))).toEqual(
        [],
      );
    });

    test('is refused beyond the limit', async () => {
      const answer = await client().post('/uploads', { name: 'x.log', size_bytes: 1e13 });
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ parameter: 'size_bytes' });
    });
  });
}
