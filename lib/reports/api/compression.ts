import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Negotiator from 'negotiator';
import type { ApiResponse } from './response.ts';

/** Below this an answer fits into a packet or two anyway. */
const LEAST_BYTES = 1024;
const BROTLI_QUALITY = 4;

const encoders: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes) => promisify(gzip)(bytes),
};

/** The same answer with its body compressed as the caller's Accept-Encoding allows, if that pays. */
export async function compressAnswer(
  response: ApiResponse,
  acceptEncoding: string | undefined,
): Promise<ApiResponse> {
  const { body, headers = {} } = response;
  if (body === undefined || response.isBase64Encoded || body.length < LEAST_BYTES) return response;
  const varied = { ...headers, vary: [headers.vary, 'accept-encoding'].filter(Boolean).join(', ') };
  const encoding = chooseEncoding(acceptEncoding);
  if (encoding === undefined) return { ...response, headers: varied };
  const bytes = await encoders[encoding]!(Buffer.from(body));
  return {
    ...response,
    headers: {
      ...varied,
      'content-encoding': encoding,
      // The tag names the content, no longer these very bytes.
      ...(headers.etag !== undefined && { etag: `W/${headers.etag}` }),
    },
    body: bytes.toString('base64'),
    isBase64Encoded: true,
  };
}

function chooseEncoding(acceptEncoding: string | undefined): string | undefined {
  if (acceptEncoding === undefined) return undefined;
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const [first] = negotiator.encodings(['br', 'gzip', 'identity']);
  return first === 'identity' ? undefined : first;
}
