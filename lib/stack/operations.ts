import { Aws, Duration, Stack, Tags } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { metricsNamespace, type ServiceFunction } from './service-function.ts';
import type { Uploads } from './uploads.ts';

const PERIOD = Duration.minutes(5);
const OLDEST_MESSAGE_SECONDS = 3600;
const UNPARSED_PERCENT = 1;

/** The parts of the service that are watched. */
export interface OperationsProps {
  uploads: Uploads;
  functions: Record<'ingest' | 'export' | 'report' | 'upload' | 'health', ServiceFunction>;
  page?: ServiceFunction;
  api: HttpApi;
  workGroup: string;
  alarmEmail?: string;
}

/** Alarms on what needs a person, and one dashboard of the way of the data. */
export class Operations extends Construct {
  readonly #action: SnsAction | undefined;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    this.#action = props.alarmEmail ? this.#createTopic(props.alarmEmail) : undefined;
    this.#watchIngest(props);
    this.#watchFunctions(props);
    this.#createDashboard(props);
    Tags.of(Stack.of(this)).add('project', 'stracelake');
    Tags.of(Stack.of(this)).add('stack', Stack.of(this).stackName);
  }

  #createTopic(email: string): SnsAction {
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    topic.addSubscription(new EmailSubscription(email));
    // A topic with a policy of its own has none of those that let CloudWatch in by default.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    return new SnsAction(topic);
  }

  #watchIngest({ uploads }: OperationsProps): void {
    this.#alarm('DeadLetters', uploads.deadLetters.metricApproximateNumberOfMessagesVisible(), {
      above: 0,
      statistic: Stats.MAXIMUM,
      description: 'A log could not be ingested: its manifest says why (docs/deploy.md, Redrive)',
    });
    this.#alarm('OldestMessage', uploads.queue.metricApproximateAgeOfOldestMessage(), {
      above: OLDEST_MESSAGE_SECONDS,
      statistic: Stats.MAXIMUM,
      description: 'Logs wait longer than an hour for their ingest: raise maxIngests',
    });
    this.#alarm('UnparsedShare', this.#unparsedShare(), {
      above: UNPARSED_PERCENT,
      description: 'More than one line in a hundred of the uploaded logs could not be read',
    });
  }

  #watchFunctions({ functions, page, api }: OperationsProps): void {
    for (const [name, fn] of Object.entries({ ...functions, ...(page && { page }) })) {
      const label = name.charAt(0).toUpperCase() + name.slice(1);
      this.#alarm(`${label}Errors`, fn.metricErrors(), {
        above: 0,
        statistic: Stats.SUM,
        description: `The ${name} function failed: see its log group`,
      });
      this.#alarm(`${label}Throttles`, fn.metricThrottles(), {
        above: 0,
        statistic: Stats.SUM,
        description: `Lambda refused calls of the ${name} function: account concurrency used up`,
      });
    }
    this.#alarm('ServerErrors', api.metricServerError(), {
      above: 0,
      statistic: Stats.SUM,
      description: 'The API answered 5xx',
    });
  }

  #alarm(
    id: string,
    metric: Metric | MathExpression,
    rule: { above: number; description: string; statistic?: string },
  ): void {
    const alarm = new Alarm(this, id, {
      metric: metric.with({ period: PERIOD, statistic: rule.statistic }),
      threshold: rule.above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: rule.description,
    });
    if (this.#action) alarm.addAlarmAction(this.#action);
  }

  #createDashboard({ uploads, functions, api, workGroup }: OperationsProps): void {
    const { ingest, report } = functions;
    const dashboard = new Dashboard(this, 'Dashboard', {
      // The names of dashboards are one space for all regions of an account.
      dashboardName: `${Stack.of(this).stackName}-${Aws.REGION}`,
      defaultInterval: Duration.hours(12),
    });
    dashboard.addWidgets(
      graph('Logs waiting and failed', [
        uploads.queue.metricApproximateNumberOfMessagesVisible(),
        uploads.deadLetters.metricApproximateNumberOfMessagesVisible(),
      ]),
      graph('Lines read', [this.#ingestMetric('lines'), this.#ingestMetric('unparsed_lines')]),
      graph('Unparsed lines, %', [this.#unparsedShare()]),
      graph('Ingest speed, MB/s', [this.#ingestMetric('megabytes_per_second', Stats.AVERAGE)]),
    );
    dashboard.addWidgets(
      graph('Requests', [api.metricCount(), api.metricClientError(), api.metricServerError()]),
      graph('Latency, ms', [api.metricLatency({ statistic: 'p95' })]),
      graph('Query time, p95 ms', [athenaMetrics(workGroup, 'TotalExecutionTime', 'p95')]),
      graph('Bytes scanned', [athenaMetrics(workGroup, 'ProcessedBytes', Stats.SUM)]),
    );
    dashboard.addWidgets(
      graph('Function errors', [ingest.metricErrors(), report.metricErrors()]),
      graph('Function duration, p95 ms', [
        ingest.metricDuration({ statistic: 'p95' }),
        report.metricDuration({ statistic: 'p95' }),
      ]),
    );
  }

  #ingestMetric(metricName: string, statistic: string = Stats.SUM): Metric {
    return new Metric({
      namespace: metricsNamespace(this),
      metricName,
      dimensionsMap: { service: 'ingest' },
      statistic,
      period: PERIOD,
    });
  }

  #unparsedShare(): MathExpression {
    return new MathExpression({
      expression: '100 * unparsed / lines',
      usingMetrics: {
        unparsed: this.#ingestMetric('unparsed_lines'),
        lines: this.#ingestMetric('lines'),
      },
      label: 'Unparsed lines, %',
      period: PERIOD,
    });
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 6, period: PERIOD });
}

// Athena tells its numbers by workgroup, kind and end of a query: one line for each that there is.
function athenaMetrics(workGroup: string, metricName: string, statistic: string): MathExpression {
  const wanted = `Namespace="AWS/Athena" MetricName="${metricName}" WorkGroup="${workGroup}"`;
  return new MathExpression({
    expression: `SEARCH('${wanted}', '${statistic}', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
    label: '',
    period: PERIOD,
  });
}
