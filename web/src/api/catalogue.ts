import { signal } from '@preact/signals';
import { askJson } from './service.ts';
import type { Reports } from './types.generated.ts';

/** A report as the service describes it. */
export type Report = Reports['reports'][number];

/** A value in a row of a report. */
export type Cell = string | number | boolean | string[] | null;

/** A row of a report by column. */
export type Row = Readonly<Record<string, Cell>>;

/** What the deployment is like. */
export interface PageConfig {
  uploads_bucket: string;
  s3_endpoint?: string;
  sql: boolean;
  sign_in?: { issuer: string; client_id: string; audience?: string };
}

/** Reports by name; undefined until they are here. */
export const catalogue = signal<ReadonlyMap<string, Report> | undefined>(undefined);

/** The deployment; undefined until it is known. */
export const config = signal<PageConfig | undefined>(undefined);

/** Fetches what every view needs; throws ProblemError. */
export async function loadCatalogue(): Promise<void> {
  const { reports } = await askJson<Reports>('/reports');
  catalogue.value = new Map(reports.map((report) => [report.name, report]));
}

/** Fetches what the page has to know of its deployment. */
export async function loadConfig(): Promise<void> {
  // Asked without a token: it says where to get one.
  config.value = (await (await fetch('/page.json')).json()) as PageConfig;
}
