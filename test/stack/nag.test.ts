import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test, vi } from 'vitest';
import { addStack, createApp } from './synthesized.ts';

vi.setConfig({ testTimeout: 60_000 });

const options = [
  {},
  { alarmEmail: 'ops@example.org', corsOrigin: 'https://ci.example.org' },
  {
    auth: 'jwt',
    jwtIssuer: 'https://issuer.example',
    jwtAudience: 'stracelake',
    jwtClaims: '{"sub":["x"]}',
    pageClientId: 'client',
  },
];

test.each(options)('has nothing the AWS Solutions pack would object to: %j', (context) => {
  expect(() => check(context)).not.toThrow();
});

test('would hear an objection if there was one', () => {
  expect(() => check({}, (stack) => new Bucket(stack, 'Bare'))).toThrow('AwsSolutions-S1');
});

function check(
  context: Record<string, unknown>,
  change: (stack: ReturnType<typeof addStack>) => void = () => {},
): void {
  const folder = mkdtempSync(join(tmpdir(), 'stracelake-nag-'));
  try {
    const app = createApp(context, folder);
    change(addStack(app));
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    app.synth();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
