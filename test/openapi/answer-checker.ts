import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import type { Part } from '../../lib/reports/api/openapi/model.ts';
import type { Answer } from '../lambdas/report-service.ts';

/** One operation of an OpenAPI document, its references resolved one level down. */
export interface DocumentedOperation {
  path: string;
  method: string;
  parameters: DocumentedParameter[];
}

/** One parameter of an operation. */
export interface DocumentedParameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: {
    type: string | string[];
    pattern?: string;
    examples?: string[];
    enum?: string[];
    format?: string;
  };
}

/** Holds answers against an OpenAPI document. */
export class AnswerChecker {
  readonly #document: Part;
  readonly #ajv: Ajv2020;

  constructor(document: Part) {
    this.#document = document;
    this.#ajv = new Ajv2020({ strict: false, validateSchema: false });
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, 'api');
  }

  /** Every operation of the document. */
  operations(): DocumentedOperation[] {
    const paths = this.#document.paths as Record<string, Record<string, { parameters?: Part[] }>>;
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => ({
        path,
        method,
        parameters: parameters.map((each) => this.#resolve(each) as unknown as DocumentedParameter),
      })),
    );
  }

  /** Fails when the answer is not among those that the document gives the operation. */
  check({ path, method }: DocumentedOperation, request: string, answer: Answer): void {
    const pointer = ['paths', path, method, 'responses'];
    const responses = this.#at(pointer) as Record<string, Part>;
    const { status, text } = answer;
    expect(Object.keys(responses), `${request}: ${status} ${text}`).toContain(String(status));
    const documented = this.#resolve(responses[status]!);
    for (const name of Object.keys((documented.headers as Part | undefined) ?? {}))
      if (name !== 'link') expect(answer.headers, request).toHaveProperty(name);
    const content = documented.content as Record<string, Part> | undefined;
    if (!content) {
      expect(text, request).toBe('');
      return;
    }
    const type = answer.headers['content-type']!.split(';')[0]!;
    expect(Object.keys(content), request).toContain(type);
    if (!/json$/.test(type)) return;
    const from =
      '$ref' in responses[status]!
        ? this.#target(responses[status]!)
        : [...pointer, String(status)];
    const validate = this.#validator([...from, 'content', type, 'schema']);
    expect(validate(answer.json), `${request}: ${this.#ajv.errorsText(validate.errors)}`).toBe(
      true,
    );
  }

  #validator(pointer: string[]): ValidateFunction {
    const encoded = pointer.map((part) =>
      encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1')),
    );
    return this.#ajv.getSchema(`api#/${encoded.join('/')}`)!;
  }

  #resolve(part: Part): Part {
    return '$ref' in part ? (this.#at(this.#target(part)) as Part) : part;
  }

  #target({ $ref }: Part): string[] {
    return String($ref).slice('#/'.length).split('/');
  }

  #at(pointer: string[]): unknown {
    return pointer.reduce((part, name) => (part as Part)[name], this.#document as unknown);
  }
}
