import { join } from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { answerPage, type PageDeps } from '../lib/page/page-answer.ts';
import { loadStaticFiles } from '../lib/page/static-files.ts';
import type { ApiResponse } from '../lib/reports/api/response.ts';

let cloud: PageDeps | undefined;

/** The Lambda behind `/` and the files of the page; it needs no rights. */
export async function handler(event: APIGatewayProxyEventV2): Promise<ApiResponse> {
  cloud ??= {
    // The bundle has the built page beside it.
    files: loadStaticFiles(join(import.meta.dirname, 'page')),
    config: JSON.parse(required('PAGE_CONFIG')),
    connects: JSON.parse(required('PAGE_CONNECTS')),
  };
  return await answerPage(event, cloud);
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`environment variable not set: ${name}`);
}
