import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { StackOptions } from './options.ts';
import { ServiceFunction } from './service-function.ts';

/** Longest a single ingest may take: Lambda's own limit. */
export const INGEST_TIMEOUT = Duration.minutes(15);

/** The function that turns logs into sessions. */
export class Ingest extends Construct {
  readonly fn: ServiceFunction;

  constructor(scope: Construct, id: string, props: { options: StackOptions }) {
    super(scope, id);
    this.fn = new ServiceFunction(this, 'Function', {
      service: 'ingest',
      description: 'Turns an strace log in the uploads bucket into a session in the lake',
      // Lambda gives a whole processor at 1769 MB; the conversion is bound by it, not by memory.
      memoryMb: 1769,
      timeout: INGEST_TIMEOUT,
      serviceLogDays: props.options.serviceLogDays,
    });
    const { redact } = props.options;
    if (redact.length > 0) this.fn.addEnvironment('REDACT', redact.join(','));
  }
}
