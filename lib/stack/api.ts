import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnRoute,
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ApiAuth, StackOptions } from './options.ts';
import { ServiceFunction } from './service-function.ts';

/** API Gateway ends a request after 30 s; the functions answer 202 before that. */
const ANSWER_WITHIN = Duration.seconds(29);

const HEALTH_REQUESTS_PER_SECOND = 2;

/** The HTTP API: reports, uploads without AWS keys, and the health check, its only open route. */
export class Api extends Construct {
  readonly api: HttpApi;
  readonly report: ServiceFunction;
  readonly upload: ServiceFunction;
  readonly health: ServiceFunction;
  readonly #options: StackOptions;

  constructor(scope: Construct, id: string, props: { options: StackOptions }) {
    super(scope, id);
    this.#options = props.options;
    this.report = this.#createFunction('Report', {
      service: 'report',
      description: 'Answers questions about sessions: runs the reports, lists, pages, formats',
      memoryMb: 1024,
    });
    this.upload = this.#createFunction('Upload', {
      service: 'upload',
      description: 'Signs uploads of logs for callers without AWS keys',
      memoryMb: 512,
    });
    this.health = this.#createFunction('Health', {
      service: 'health',
      description: 'Answers the health check; may do nothing else',
      memoryMb: 128,
    });
    this.api = this.#createApi();
    const stage = this.#createStage();
    const health = this.#addRoutes();
    // API Gateway takes no settings for a route that is not there yet.
    (stage.node.defaultChild as CfnStage).addResourceDependency(
      health.node.defaultChild as CfnRoute,
    );
    this.#passClaims();
  }

  #createFunction(
    id: string,
    props: { service: string; description: string; memoryMb: number },
  ): ServiceFunction {
    return new ServiceFunction(this, id, {
      ...props,
      timeout: ANSWER_WITHIN,
      serviceLogDays: this.#options.serviceLogDays,
    });
  }

  #createApi(): HttpApi {
    const { corsOrigin, auth } = this.#options;
    return new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      description: 'Reports on recorded strace sessions',
      createDefaultStage: false,
      defaultAuthorizer: createAuthorizer(auth),
      corsPreflight: corsOrigin
        ? {
            allowOrigins: [corsOrigin],
            allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
            allowHeaders: [
              'accept',
              'authorization',
              'content-type',
              'x-amz-date',
              'x-amz-security-token',
            ],
            exposeHeaders: ['etag', 'link', 'location', 'retry-after'],
            maxAge: Duration.hours(1),
          }
        : undefined,
    });
  }

  #createStage(): HttpStage {
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: this.#options.serviceLogDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: {
        rateLimit: this.#options.requestsPerSecond,
        burstLimit: 2 * this.#options.requestsPerSecond,
      },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogs),
        format: ACCESS_LOG_FORMAT,
      },
    });
    const resource = stage.node.defaultChild as CfnStage;
    resource.routeSettings = {
      'GET /health': {
        ThrottlingRateLimit: HEALTH_REQUESTS_PER_SECOND,
        ThrottlingBurstLimit: 2 * HEALTH_REQUESTS_PER_SECOND,
      },
    };
    return stage;
  }

  // Gives the route of the health check.
  #addRoutes(): HttpRoute {
    const report = new HttpLambdaIntegration('ReportIntegration', this.report);
    this.api.addRoutes({
      path: '/{path+}',
      methods: [HttpMethod.GET, HttpMethod.HEAD],
      integration: report,
    });
    this.api.addRoutes({
      path: '/compare',
      methods: [HttpMethod.POST],
      integration: report,
    });
    this.api.addRoutes({
      path: '/uploads',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('UploadIntegration', this.upload),
    });
    const [health] = this.api.addRoutes({
      path: '/health',
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('HealthIntegration', this.health),
      authorizer: new HttpNoneAuthorizer(),
    });
    Validations.of(health).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The health check is open by design: its function has no rights and is throttled.',
    });
    return health;
  }

  #passClaims(): void {
    const { auth } = this.#options;
    if (auth.mode === 'iam') return;
    for (const fn of [this.report, this.upload]) {
      fn.addEnvironment('ALLOWED_CLAIMS', JSON.stringify(auth.claims));
    }
  }
}

const ACCESS_LOG_FORMAT = AccessLogFormat.custom(
  JSON.stringify({
    time: '$context.requestTime',
    id: '$context.requestId',
    ip: '$context.identity.sourceIp',
    caller: '$context.identity.userArn',
    subject: '$context.authorizer.claims.sub',
    route: '$context.routeKey',
    path: '$context.path',
    status: '$context.status',
    bytes: '$context.responseLength',
    latency_ms: '$context.responseLatency',
    error: '$context.error.message',
  }),
);

function createAuthorizer(auth: ApiAuth): IHttpRouteAuthorizer {
  if (auth.mode === 'iam') return new HttpIamAuthorizer();
  return new HttpJwtAuthorizer('Issuer', auth.issuer, { jwtAudience: auth.audience });
}
