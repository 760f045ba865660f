import type { ReportDeps } from './deps.ts';
import { describeApi } from './openapi/document.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, jsonResponse } from './response.ts';

/** Answers `GET /openapi.json`: what can be asked of this deployment, as OpenAPI 3.1. */
export async function answerOpenApi(deps: ReportDeps, request: ApiRequest): Promise<ApiResponse> {
  const base = request.path.replace(/\/openapi\.json\/?$/, '');
  const features = deps.features ?? { access: 'authorized' };
  return jsonResponse(200, describeApi(await deps.catalogue(), features, base));
}
