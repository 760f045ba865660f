import { findOne, ofType, type Synthesized, textOf } from './synthesized.ts';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | unknown[];
  Condition?: Record<string, Record<string, unknown>>;
}

/**
 * Everything the function whose logical id contains `part` may do: a line for each action on each
 * resource (written as `textOf` does) and each prefix it is limited to, sorted.
 */
export function grantsOf(template: Synthesized, part: string): string[] {
  const [, fn] = findOne(template, 'AWS::Lambda::Function', part);
  const role = fn.Properties.Role['Fn::GetAtt'][0];
  const { ManagedPolicyArns = [], Policies = [] } = template.resources[role]!.Properties;
  if (ManagedPolicyArns.length + Policies.length > 0)
    throw new Error(`policies of the role itself are not read: ${role}`);
  return ofType(template, 'AWS::IAM::Policy')
    .filter(([, policy]) => policy.Properties.Roles.some((r: { Ref: string }) => r.Ref === role))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement as Statement[])
    .flatMap(linesOf)
    .sort();
}

function linesOf(statement: Statement): string[] {
  const { Effect, Condition = {}, ...rest } = statement;
  if (Effect !== 'Allow') throw new Error(`statement is no grant: ${JSON.stringify(statement)}`);
  const { StringLike = {}, ...otherConditions } = Condition;
  const { 's3:prefix': prefixes, ...otherKeys } = StringLike;
  if (Object.keys({ ...otherConditions, ...otherKeys }).length > 0)
    throw new Error(`condition is not read: ${JSON.stringify(Condition)}`);
  const limits = prefixes === undefined ? [''] : list(prefixes).map((prefix) => ` below ${prefix}`);
  return list(rest.Action).flatMap((action) =>
    list(rest.Resource).flatMap((resource) =>
      limits.map((limit) => `${action} on ${textOf(resource)}${limit}`),
    ),
  );
}

function list<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
