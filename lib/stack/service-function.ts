import { fileURLToPath } from 'node:url';
import { type CfnElement, type Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type ICommandHooks, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// Some CommonJS dependencies call require, which an ES module bundle does not have.
const REQUIRE_FOR_COMMONJS =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
// DuckDB is the engine of the embedded stack: native code, loaded only there.
const EMBEDDED_ONLY = ['@duckdb/node-api'];

const pageHooks: ICommandHooks = {
  beforeBundling: (inputDir) => [`cd ${inputDir} && npx vite build web --logLevel warn`],
  beforeInstall: () => [],
  afterBundling: (inputDir, outputDir) => [`cp -r ${inputDir}/web/dist ${outputDir}/page`],
};

/** What one Lambda of the service needs beyond the defaults they all share. */
export interface ServiceFunctionProps {
  /** Handler's file in `lambdas/` without `.ts`; it exports `handler`. */
  service: string;
  description: string;
  memoryMb: number;
  timeout: Duration;
  serviceLogDays: number;
  /** Whether the built page goes along, as the folder `page` beside the code. */
  hasPage?: boolean;
}

/** CloudWatch namespace of the service's own metrics: each stack of an account has one of its own. */
export function metricsNamespace(scope: Construct): string {
  return Stack.of(scope).stackName;
}

/** One Lambda of the service: runtime, bundle, own log group, tracing and a role of its own. */
export class ServiceFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.serviceLogDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Role of the ${props.service} function`,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      entry: `${ROOT}lambdas/${props.service}.ts`,
      handler: 'handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.service,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(scope),
        NODE_OPTIONS: '--enable-source-maps',
      },
      // Connection reuse is the SDK's default since version 3.
      awsSdkConnectionReuse: false,
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        sourceMap: true,
        sourcesContent: false,
        minify: true,
        keepNames: true,
        mainFields: ['module', 'main'],
        externalModules: EMBEDDED_ONLY,
        banner: REQUIRE_FOR_COMMONJS,
        commandHooks: props.hasPage ? pageHooks : undefined,
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray takes traces for no particular resource: xray:PutTraceSegments knows only *.',
    });
  }

  /** Allows actions on the objects below a prefix of a bucket ('' for all of them). */
  allowObjects(bucket: Bucket, prefix: string, actions: string[]): void {
    this.addToRolePolicy(
      new PolicyStatement({ actions, resources: [bucket.arnForObjects(`${prefix}*`)] }),
    );
    const bucketId = Stack.of(this).getLogicalId(bucket.node.defaultChild as CfnElement);
    Validations.of(this.role!).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/${prefix}*]`,
      reason: 'Keys below the prefix are named by uploads; the grant is for this prefix only.',
    });
  }

  /** Allows listing what lies below the prefixes of a bucket. */
  allowList(bucket: Bucket, prefixes: string[]): void {
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } },
      }),
    );
  }
}
