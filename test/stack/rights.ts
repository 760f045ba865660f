import { findOne, ofType, type Synthesized, textOf } from './synthesized.ts';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** What a function may do, read off the policies of its role. */
export interface Rights {
  /** True when some statement allows the action on the resource (written as `textOf` does). */
  may(action: string, resource: string): boolean;
  /** Every action allowed on anything. */
  actions: string[];
}

/** Rights of the function whose logical id contains `part`. */
export function rightsOf(template: Synthesized, part: string): Rights {
  const [, fn] = findOne(template, 'AWS::Lambda::Function', part);
  const role = fn.Properties.Role['Fn::GetAtt'][0];
  const statements = ofType(template, 'AWS::IAM::Policy')
    .filter(([, policy]) => policy.Properties.Roles.some((r: { Ref: string }) => r.Ref === role))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement as Statement[]);
  const managed = template.resources[role].Properties.ManagedPolicyArns ?? [];
  if (managed.length > 0) throw new Error(`managed policies are not read: ${role}`);
  return {
    may: (action, resource) =>
      statements.some(
        (statement) =>
          statement.Effect === 'Allow' &&
          list(statement.Action).some((pattern) => matches(pattern, action)) &&
          list(statement.Resource).some((pattern) => matches(textOf(pattern), resource)),
      ),
    actions: statements.flatMap((statement) => list(statement.Action)),
  };
}

/** Prefixes below which the function may list the bucket, or ['*'] without a condition. */
export function listablePrefixes(template: Synthesized, part: string, bucket: string): string[] {
  const [, fn] = findOne(template, 'AWS::Lambda::Function', part);
  const role = fn.Properties.Role['Fn::GetAtt'][0];
  return ofType(template, 'AWS::IAM::Policy')
    .filter(([, policy]) => policy.Properties.Roles.some((r: { Ref: string }) => r.Ref === role))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement as Statement[])
    .filter((statement) => list(statement.Action).includes('s3:ListBucket'))
    .filter((statement) => list(statement.Resource).some((r) => textOf(r) === bucket))
    .flatMap((statement) => list(statement.Condition?.StringLike['s3:prefix'] ?? '*') as string[]);
}

function list<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.?+^$()[\]{}|\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
