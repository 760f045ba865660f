import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StackOptions } from './options.ts';
import { ServiceFunction } from './service-function.ts';

/** The function that makes sessions into files to take away. */
export class Exports extends Construct {
  readonly fn: ServiceFunction;

  constructor(scope: Construct, id: string, props: { options: StackOptions }) {
    super(scope, id);
    this.fn = new ServiceFunction(this, 'Function', {
      service: 'export',
      description: 'Makes a session into a file: Perfetto trace, folded stacks, CSV, Parquet...',
      // A whole processor: the work is bound by it.
      memoryMb: 1769,
      timeout: Duration.minutes(15),
      serviceLogDays: props.options.serviceLogDays,
    });
    // Whoever waits for a file that could not be made is told, and asks again.
    this.fn.configureAsyncInvoke({ retryAttempts: 0 });
  }

  /** Lets the function have exports made. */
  bindStarter(fn: ServiceFunction): void {
    fn.addEnvironment('EXPORT_FUNCTION', this.fn.functionName);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [this.fn.functionArn],
      }),
    );
  }
}
