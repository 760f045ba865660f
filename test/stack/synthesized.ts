import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { loadReports, loadTrends, loadViews } from '../../lib/reports/catalogue.ts';
import type { Report } from '../../lib/reports/report.ts';
import { readOptions } from '../../lib/stack/options.ts';
import { StracelakeStack } from '../../lib/stack/stracelake-stack.ts';

/** One resource of a template. */
export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation properties are free-form JSON.
  Properties: any;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
}

/** A synthesized template and ways to look into it. */
export interface Synthesized {
  resources: Record<string, Resource>;
  outputs: Record<string, { Value: unknown }>;
}

/** An app with the project's own context and the given options, without bundling the functions. */
export function createApp(context: Record<string, unknown> = {}, outdir?: string): App {
  const file = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  return new App({
    outdir,
    context: { ...file.context, 'aws:cdk:bundling-stacks': [], ...context },
  });
}

/** Adds the stack to an app, as bin/app.ts does. */
export function addStack(app: App, reports = [...loadReports(), ...loadTrends()]): StracelakeStack {
  return new StracelakeStack(
    app,
    readOptions((name) => app.node.tryGetContext(name)),
    { reports, views: loadViews() },
  );
}

/** The template of a stack with these context options, and these reports for those there are. */
export function synthesize(context: Record<string, unknown> = {}, reports?: Report[]): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), 'stracelake-synth-'));
  try {
    const app = createApp(context, folder);
    const stack = addStack(app, reports);
    const { template } = app.synth().getStackByName(stack.stackName);
    return { resources: template.Resources, outputs: template.Outputs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resources of one type, id and resource. */
export function ofType({ resources }: Synthesized, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}

/** The one resource of a type whose id contains `part`; throws unless there is exactly one. */
export function findOne(template: Synthesized, type: string, part = ''): [string, Resource] {
  const found = ofType(template, type).filter(([id]) => id.includes(part));
  if (found.length !== 1) throw new Error(`resources of ${type} with ${part}: ${found.length}`);
  return found[0];
}

/** Text of a value with its intrinsics written out: `{Ref: X}` becomes `${X}`, GetAtt `${X.Arn}`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as Record<string, unknown>;
  if ('Ref' in intrinsic) return `\${${intrinsic.Ref}}`;
  if ('Fn::GetAtt' in intrinsic) return `\${${(intrinsic['Fn::GetAtt'] as string[]).join('.')}}`;
  if ('Fn::Join' in intrinsic) {
    const [separator, parts] = intrinsic['Fn::Join'] as [string, unknown[]];
    return parts.map(textOf).join(separator);
  }
  throw new Error(`intrinsic not understood: ${JSON.stringify(value)}`);
}
