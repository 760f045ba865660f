import { expect, test } from 'vitest';
import { findOne, ofType, synthesize, textOf } from './synthesized.ts';

const template = synthesize();
const jwt = {
  auth: 'jwt',
  jwtIssuer: 'https://token.actions.githubusercontent.com',
  jwtAudience: 'stracelake',
  jwtClaims: '{"repository":["owner/name"]}',
};

test('runs every function on Node 24, arm64, traced, with a log group that forgets', () => {
  const functions = ofType(template, 'AWS::Lambda::Function');
  expect(functions.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
    'ApiHealth',
    'ApiReport',
    'ApiUpload',
    'ExportsFunction',
    'IngestFunction',
  ]);
  for (const [id, { Properties }] of functions) {
    expect(Properties.Runtime, id).toBe('nodejs24.x');
    expect(Properties.Architectures, id).toEqual(['arm64']);
    expect(Properties.TracingConfig, id).toEqual({ Mode: 'Active' });
    const logGroup = template.resources[Properties.LoggingConfig.LogGroup.Ref];
    expect(logGroup.Properties.RetentionInDays, id).toBe(30);
  }
});

test('asks for a signature on every route but the health check', () => {
  const open = ofType(template, 'AWS::ApiGatewayV2::Route')
    .filter(([, route]) => route.Properties.AuthorizationType !== 'AWS_IAM')
    .map(([, route]) => [route.Properties.RouteKey, route.Properties.AuthorizationType]);
  expect(open).toEqual([['GET /health', 'NONE']]);
});

test('asks for a token of the issuer when told so, and hands the claims to the handlers', () => {
  const withTokens = synthesize(jwt);
  const [authorizerId, authorizer] = findOne(withTokens, 'AWS::ApiGatewayV2::Authorizer');
  expect(authorizer.Properties).toMatchObject({
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Audience: ['stracelake'], Issuer: jwt.jwtIssuer },
  });
  for (const [id, { Properties }] of ofType(withTokens, 'AWS::ApiGatewayV2::Route')) {
    const isHealth = Properties.RouteKey === 'GET /health';
    expect(Properties.AuthorizationType, id).toBe(isHealth ? 'NONE' : 'JWT');
    if (!isHealth) expect(Properties.AuthorizerId, id).toEqual({ Ref: authorizerId });
  }
  for (const name of ['ApiReport', 'ApiUpload']) {
    const [, fn] = findOne(withTokens, 'AWS::Lambda::Function', name);
    expect(JSON.parse(fn.Properties.Environment.Variables.ALLOWED_CLAIMS)).toEqual({
      repository: ['owner/name'],
    });
  }
});

test('answers browsers of the named origin only, and none without a name', () => {
  const [, closed] = findOne(template, 'AWS::ApiGatewayV2::Api');
  expect(closed.Properties.CorsConfiguration).toBeUndefined();
  const origin = 'https://ci.example.org';
  const named = synthesize({ corsOrigin: origin });
  const [, api] = findOne(named, 'AWS::ApiGatewayV2::Api');
  expect(api.Properties.CorsConfiguration.AllowOrigins).toEqual([origin]);
  const [, bucket] = findOne(named, 'AWS::S3::Bucket', 'UploadsBucket');
  expect(bucket.Properties.CorsConfiguration.CorsRules).toMatchObject([
    { AllowedOrigins: [origin], AllowedMethods: ['PUT'] },
  ]);
  const [, results] = findOne(named, 'AWS::S3::Bucket', 'AthenaResults');
  expect(results.Properties.CorsConfiguration.CorsRules).toMatchObject([
    { AllowedOrigins: [origin], AllowedMethods: ['GET'] },
  ]);
});

test('throttles the API, the open route most, and logs who asked', () => {
  const [, stage] = findOne(synthesize({ requestsPerSecond: '7' }), 'AWS::ApiGatewayV2::Stage');
  expect(stage.Properties.DefaultRouteSettings).toMatchObject({
    ThrottlingRateLimit: 7,
    ThrottlingBurstLimit: 14,
  });
  expect(stage.Properties.RouteSettings['GET /health'].ThrottlingRateLimit).toBeLessThan(7);
  const routes = ofType(template, 'AWS::ApiGatewayV2::Route').filter(
    ([, { Properties }]) => Properties.RouteKey in stage.Properties.RouteSettings,
  );
  expect([stage.DependsOn].flat()).toEqual(routes.map(([id]) => id));
  expect(stage.Properties.AccessLogSettings.Format).toContain('$context.identity.userArn');
});

test('runs queries on engine 3 under limits a caller cannot change', () => {
  const limited = synthesize({ scanLimitGb: '3', resultDays: '2' });
  const [, { Properties }] = findOne(limited, 'AWS::Athena::WorkGroup');
  const [resultsId, results] = findOne(limited, 'AWS::S3::Bucket', 'AthenaResults');
  expect(Properties.WorkGroupConfiguration).toMatchObject({
    BytesScannedCutoffPerQuery: 3_000_000_000,
    EnforceWorkGroupConfiguration: true,
    EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
    PublishCloudWatchMetricsEnabled: true,
  });
  const location = Properties.WorkGroupConfiguration.ResultConfiguration.OutputLocation;
  expect(textOf(location)).toBe(`s3://\${${resultsId}}/`);
  expect(results.Properties.LifecycleConfiguration.Rules).toContainEqual(
    expect.objectContaining({ ExpirationInDays: 2, Status: 'Enabled' }),
  );
});

test('raises an alarm on dead letters, and mails it when an address is given', () => {
  const [, silent] = deadLetterAlarm(template);
  expect(silent.Properties).toMatchObject({ Threshold: 0, TreatMissingData: 'notBreaching' });
  expect(silent.Properties.AlarmActions).toBeUndefined();
  const mailed = synthesize({ alarmEmail: 'ops@example.org' });
  const [topicId] = findOne(mailed, 'AWS::SNS::Topic');
  for (const [id, alarm] of ofType(mailed, 'AWS::CloudWatch::Alarm')) {
    expect(alarm.Properties.AlarmActions, id).toEqual([{ Ref: topicId }]);
  }
  const [, policy] = findOne(mailed, 'AWS::SNS::TopicPolicy');
  expect(policy.Properties.PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: { Ref: topicId },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  );
  const [, subscription] = findOne(mailed, 'AWS::SNS::Subscription');
  expect(subscription.Properties).toMatchObject({ Endpoint: 'ops@example.org', Protocol: 'email' });
});

test.each([
  ['of the stack', {}],
  ['of the page too', { ...jwt, pageClientId: 'public-client' }],
])('watches errors and throttles of every function %s', (_, context) => {
  const watching = synthesize(context);
  const watched = ofType(watching, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
    (Properties.Dimensions ?? [])
      .filter((dimension: { Name: string }) => dimension.Name === 'FunctionName')
      .map(
        (dimension: { Value: { Ref: string } }) =>
          `${Properties.MetricName} ${dimension.Value.Ref}`,
      ),
  );
  const functions = ofType(watching, 'AWS::Lambda::Function').map(([id]) => id);
  expect(watched.sort()).toEqual(
    functions.flatMap((id) => [`Errors ${id}`, `Throttles ${id}`]).sort(),
  );
});

test('keeps the metrics and the dashboard of each stack apart, and watches those it writes', () => {
  const nightly = synthesize({ stackName: 'Nightly' });
  const [, ingest] = findOne(nightly, 'AWS::Lambda::Function', 'Ingest');
  expect(ingest.Properties.Environment.Variables).toMatchObject({
    POWERTOOLS_METRICS_NAMESPACE: 'Nightly',
    POWERTOOLS_SERVICE_NAME: 'ingest',
  });
  const [, alarm] = findOne(nightly, 'AWS::CloudWatch::Alarm', 'UnparsedShare');
  const watched = alarm.Properties.Metrics.flatMap(
    ({ MetricStat }: { MetricStat?: { Metric: object } }) => MetricStat?.Metric ?? [],
  );
  const Dimensions = [{ Name: 'service', Value: 'ingest' }];
  expect(watched).toEqual([
    { MetricName: 'unparsed_lines', Namespace: 'Nightly', Dimensions },
    { MetricName: 'lines', Namespace: 'Nightly', Dimensions },
  ]);
  const [, dashboard] = findOne(nightly, 'AWS::CloudWatch::Dashboard');
  expect(textOf(dashboard.Properties.DashboardName)).toBe('Nightly-$' + '{AWS::Region}');
  const body = textOf(dashboard.Properties.DashboardBody);
  expect(body).toContain('["Nightly","lines"');
  const bytes =
    'Namespace=\\"AWS/Athena\\" MetricName=\\"ProcessedBytes\\" WorkGroup=\\"nightly\\"';
  expect(body).toContain(`SEARCH('${bytes}', 'Sum', 300)`);
});

test('prints the lines that upload a log and fetch its summary', () => {
  const [bucketId] = findOne(template, 'AWS::S3::Bucket', 'UploadsBucket');
  const [apiId] = findOne(template, 'AWS::ApiGatewayV2::Api');
  expect(textOf(template.outputs.UploadCommand.Value)).toBe(
    `aws s3 cp app.log s3://\${${bucketId}}/logs/app.log`,
  );
  expect(textOf(template.outputs.ReportCommand.Value)).toBe(
    'curl --aws-sigv4 aws:amz:$' +
      '{AWS::Region}:execute-api ' +
      '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" ' +
      '-H "x-amz-security-token: $AWS_SESSION_TOKEN" ' +
      `"\${${apiId}.ApiEndpoint}/sessions/app/reports/summary?format=text"`,
  );
});

test('names database and workgroup after the stack, so that two can live in one account', () => {
  const second = synthesize({ stackName: 'Strace-Nightly' });
  const [, database] = findOne(second, 'AWS::Glue::Database');
  const [, workGroup] = findOne(second, 'AWS::Athena::WorkGroup');
  expect(database.Properties.DatabaseInput.Name).toBe('strace_nightly');
  expect(workGroup.Properties.Name).toBe('strace_nightly');
});

test('tags what it makes, for the bill', () => {
  const [, bucket] = findOne(template, 'AWS::S3::Bucket', 'LakeBucket');
  expect(bucket.Properties.Tags).toContainEqual({ Key: 'project', Value: 'stracelake' });
  expect(bucket.Properties.Tags).toContainEqual({ Key: 'stack', Value: 'Stracelake' });
});

function deadLetterAlarm(synthesized: typeof template) {
  const [queueId] = findOne(synthesized, 'AWS::SQS::Queue', 'DeadLetters');
  const alarms = ofType(synthesized, 'AWS::CloudWatch::Alarm').filter(([, alarm]) =>
    JSON.stringify(alarm.Properties.Dimensions ?? []).includes(queueId),
  );
  expect(alarms).toHaveLength(1);
  return alarms[0];
}
