import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readOptions } from '../../lib/stack/options.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url);
const jwt = { auth: 'jwt', jwtIssuer: 'https://issuer.example', jwtAudience: 'a,b' };

test('has a default for every option, signatures among them', () => {
  expect(read({})).toEqual({
    stackName: 'Stracelake',
    auth: { mode: 'iam' },
    corsOrigin: undefined,
    logDays: 90,
    resultDays: 7,
    maxIngests: 10,
    uploadLimitGb: 5,
    scanLimitGb: 100,
    redact: [],
    requestsPerSecond: 20,
    serviceLogDays: 30,
    alarmEmail: undefined,
  });
});

test('reads claims given as text and as an object of cdk.json alike', () => {
  const claims = { repository: ['owner/name'], ref: ['refs/heads/*'] };
  const auth = { mode: 'jwt', issuer: jwt.jwtIssuer, audience: ['a', 'b'], claims };
  expect(read({ ...jwt, jwtClaims: JSON.stringify(claims) }).auth).toEqual(auth);
  expect(read({ ...jwt, jwtClaims: claims }).auth).toEqual(auth);
});

test.each([
  [{ auth: 'none' }, "auth is 'iam' or 'jwt': none"],
  [{ auth: 'jwt', jwtIssuer: 'http://x' }, 'jwtIssuer is the https URL'],
  [{ auth: 'jwt', jwtIssuer: 'https://x' }, 'jwtAudience is required'],
  [jwt, 'jwtClaims is required'],
  [{ ...jwt, jwtClaims: '{}' }, 'jwtClaims is a JSON object'],
  [{ ...jwt, jwtClaims: '{"repository":"x"}' }, 'jwtClaims is a JSON object'],
  [{ ...jwt, jwtClaims: '{"repository":[]}' }, 'jwtClaims is a JSON object'],
  [{ ...jwt, jwtClaims: 'no json' }, 'jwtClaims is a JSON object'],
  [{ corsOrigin: '*' }, 'corsOrigin is one origin'],
  [{ corsOrigin: 'https://a.example/path' }, 'corsOrigin is one origin'],
  [{ stackName: 'a b' }, 'stackName takes letters'],
  [{ logDays: '0' }, 'logDays is a whole number from 1'],
  [{ maxIngests: '1' }, 'maxIngests is a whole number from 2'],
  [{ redact: 'everything' }, 'redact is names separated by commas'],
  [{ scanLimitGb: 'much' }, 'scanLimitGb is a whole number'],
  [{ serviceLogDays: '31' }, 'serviceLogDays is what CloudWatch offers, one of 1, 3, 5, 7, 14, 30'],
  [{ serviceLogDays: '9999' }, 'serviceLogDays is what CloudWatch offers'],
  [{ uploadLimitGb: '6' }, 'uploadLimitGb is a whole number from 1 to 5'],
])('refuses %j with a message that says what would do', (context, message) => {
  expect(() => read(context)).toThrow(message);
});

test('refuses context that no option is called, before anything is made', async () => {
  const synth = run('node', ['bin/app.ts'], {
    cwd: root,
    env: { ...process.env, CDK_CONTEXT_JSON: '{"redcat":"secrets","@aws-cdk/x":true}' },
  });
  await expect(synth).rejects.toMatchObject({
    stderr: expect.stringContaining('no option is called redcat; there are stackName, auth,'),
  });
});

function read(context: Record<string, unknown>) {
  return readOptions((name) => context[name]);
}
