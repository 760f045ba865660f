import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, test } from 'vitest';
import { type UploadDeps, upload } from '../../lambdas/upload.ts';
import { createS3Client } from '../../lib/lake/s3-object-store.ts';

const deps: UploadDeps = {
  s3: createS3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  }),
  uploadsBucket: 'uploads',
  limitBytes: 1000,
  now: () => new Date('2026-11-23T12:00:00Z'),
};

test('signs a URL for this key and this length, for a quarter of an hour', async () => {
  const answer = await post({ name: 'ci/42/app.log.gz', size_bytes: 1000 });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers).toMatchObject({ location: '/sessions/ci.42.app' });
  const { url: text, ...ticket } = answer.content;
  expect(ticket).toEqual({
    method: 'PUT',
    headers: {},
    expires_at: '2026-11-23T12:15:00.000Z',
    key: 'logs/ci/42/app.log.gz',
    session: 'ci.42.app',
    session_url: '/sessions/ci.42.app',
  });
  const url = new URL(text);
  expect(url.host).toBe('uploads.s3.eu-central-1.amazonaws.com');
  expect(url.pathname).toBe('/logs/ci/42/app.log.gz');
  expect(url.searchParams.get('X-Amz-Expires')).toBe('900');
  expect(url.searchParams.get('X-Amz-Date')).toBe('20261123T120000Z');
  expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
});

test('signs metadata as headers, names the session by it', async () => {
  const answer = await post({
    name: 'app.log',
    size_bytes: 1,
    session: 'nightly',
    date: '2026-11-23',
    'label-branch': 'main',
  });
  expect(answer.content).toMatchObject({
    session: 'nightly',
    session_url: '/sessions/nightly',
    headers: {
      'x-amz-meta-session': 'nightly',
      'x-amz-meta-date': '2026-11-23',
      'x-amz-meta-label-branch': 'main',
    },
  });
  const signed = new URL(answer.content.url).searchParams.get('X-Amz-SignedHeaders')!;
  expect(signed.split(';').filter((name) => name.startsWith('x-amz-meta-'))).toHaveLength(3);
});

test.each([
  [undefined, 'body'],
  ['[]', 'body'],
  ['{', 'body'],
  [{ size_bytes: 1 }, 'name'],
  [{ name: '', size_bytes: 1 }, 'name'],
  [{ name: '/app.log', size_bytes: 1 }, 'name'],
  [{ name: '../app.log', size_bytes: 1 }, 'name'],
  [{ name: 'a/./b.log', size_bytes: 1 }, 'name'],
  [{ name: 'a\nb', size_bytes: 1 }, 'name'],
  [{ name: 'ä'.repeat(600), size_bytes: 1 }, 'name'],
  [{ name: 'app.log' }, 'size_bytes'],
  [{ name: 'app.log', size_bytes: 0 }, 'size_bytes'],
  [{ name: 'app.log', size_bytes: '1' }, 'size_bytes'],
  [{ name: 'app.log', size_bytes: 1001 }, 'size_bytes'],
  [{ name: 'app.log', size_bytes: 1, colour: 'red' }, 'colour'],
  [{ name: 'app.log', size_bytes: 1, 'label-x': 1 }, 'label-x'],
  [{ name: 'app.log', size_bytes: 1, 'label-x': 'ä' }, 'label-x'],
  [{ name: 'app.log', size_bytes: 1, session: 'a/b' }, 'metadata'],
  [{ name: 'app.log', size_bytes: 1, date: 'today' }, 'metadata'],
])('refuses %j and says that it is the %s', async (body, parameter) => {
  const answer = await post(body);
  expect(answer.statusCode).toBe(400);
  expect(answer.content).toMatchObject({ parameter });
});

test('takes a body that API Gateway handed over in base64', async () => {
  const body = Buffer.from('{"name":"app.log","size_bytes":1}').toString('base64');
  const answer = await upload({ ...eventWith(body), isBase64Encoded: true }, deps);
  expect(answer.statusCode).toBe(201);
});

async function post(body: unknown) {
  const text = typeof body === 'object' ? JSON.stringify(body) : (body as string | undefined);
  const answer = await upload(eventWith(text), deps);
  return { ...answer, content: JSON.parse(answer.body!) };
}

function eventWith(body: string | undefined): APIGatewayProxyEventV2 {
  return {
    body,
    headers: { 'content-type': 'application/json' },
    isBase64Encoded: false,
    rawPath: '/uploads',
    rawQueryString: '',
    requestContext: { http: { method: 'POST' }, stage: '$default', requestId: 'request' },
  } as unknown as APIGatewayProxyEventV2;
}
