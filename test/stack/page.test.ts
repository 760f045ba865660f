import { describe, expect, test } from 'vitest';
import { findOne, ofType, synthesize } from './synthesized.ts';

const jwt = {
  auth: 'jwt',
  jwtIssuer: 'https://issuer.example/pool',
  jwtAudience: 'stracelake',
  jwtClaims: '{"group":["ops"]}',
};
const page = { pageClientId: 'public-client', pageOrigins: 'https://login.example' };

describe('the page', () => {
  const template = synthesize({ ...jwt, ...page });
  const [, fn] = findOne(template, 'AWS::Lambda::Function', 'PageFunction');

  test('is there only when people can sign in', () => {
    const names = (context: Record<string, string>) =>
      ofType(synthesize(context), 'AWS::Lambda::Function').map(([id]) => id);
    for (const context of [{}, jwt])
      expect(names(context).filter((id) => id.startsWith('Page'))).toEqual([]);
    expect(() => synthesize(page)).toThrow('auth=jwt');
    expect(() => synthesize({ ...jwt, ...page, pageOrigins: 'login.example' })).toThrow('origins');
  });

  test('is open, and nothing else is but the health check', () => {
    const open = ofType(template, 'AWS::ApiGatewayV2::Route')
      .filter(([, { Properties }]) => Properties.AuthorizationType === 'NONE')
      .map(([, { Properties }]) => Properties.RouteKey);
    const paths = ['/', '/assets/{file}', '/favicon.svg', '/page.json'];
    const expected = paths.flatMap((path) => [`GET ${path}`, `HEAD ${path}`]);
    expect(open.sort()).toEqual([...expected, 'GET /health'].sort());
  });

  test('knows the issuer, and may talk to it and to the bucket of uploads alone', () => {
    const { Variables } = fn.Properties.Environment;
    const flat = (value: unknown) => JSON.stringify(value).replaceAll('\\"', '"');
    expect(flat(Variables.PAGE_CONFIG)).toContain('"issuer":"https://issuer.example/pool"');
    expect(flat(Variables.PAGE_CONFIG)).toContain('"client_id":"public-client"');
    expect(flat(Variables.PAGE_CONNECTS)).toContain('RegionalDomainName');
    expect(flat(Variables.PAGE_CONNECTS)).toContain(
      '"https://issuer.example","https://login.example"',
    );
  });

  test('has rights to write its own log and traces, and no more', () => {
    const policies = ofType(template, 'AWS::IAM::Policy').filter(([id]) => id.startsWith('Page'));
    const actions = policies.flatMap(([, { Properties }]) =>
      Properties.PolicyDocument.Statement.flatMap(
        (each: { Action: string | string[] }) => each.Action,
      ),
    );
    expect(actions.sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('may upload to the bucket from the origin of the API', () => {
    const [, bucket] = findOne(template, 'AWS::S3::Bucket', 'UploadsBucket');
    const [rule] = bucket.Properties.CorsConfiguration.CorsRules;
    expect(rule).toMatchObject({ AllowedMethods: ['PUT'], ExposedHeaders: ['ETag'] });
    expect(JSON.stringify(rule.AllowedOrigins)).toContain('ApiEndpoint');
  });
});
