/** A JSON Schema, or any other plain part of an OpenAPI document. */
export type Part = Record<string, unknown>;

/** What can be asked of the service at one path by one method. */
export interface Operation {
  /** Path with its parameters in braces. */
  path: string;
  method: 'get' | 'post';
  content: Part;
}

/** Reference to a component: `ref('schemas', 'Problem')`. */
export function ref(section: 'schemas' | 'responses' | 'parameters', name: string): Part {
  return { $ref: `#/components/${section}/${name}` };
}

/** References to component responses by status. */
export function answers(names: Readonly<Record<number, string>>): Part {
  return Object.fromEntries(
    Object.entries(names).map(([status, name]) => [status, ref('responses', name)]),
  );
}

/** An object schema all of whose properties are required but those listed. */
export function objectSchema(properties: Record<string, Part>, optional: string[] = []): Part {
  return {
    type: 'object',
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
    additionalProperties: false,
  };
}
