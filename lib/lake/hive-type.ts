/** A type as Glue writes it, taken apart. */
export type HiveType =
  | { kind: 'primitive'; name: string }
  | { kind: 'array'; items: HiveType }
  | { kind: 'map'; keys: HiveType; values: HiveType }
  | { kind: 'struct'; fields: [name: string, type: HiveType][] };

/** Takes apart a type such as `array<struct<key:string,rows:bigint>>`; throws SyntaxError. */
export function parseHiveType(text: string): HiveType {
  const tokens = text.match(/\w+|[<>:,]/g) ?? [];
  const [type, end] = readType(tokens, 0);
  if (end !== tokens.length || tokens.join('') !== text)
    throw new SyntaxError(`type not understood: ${text}`);
  return type;
}

type Read<T> = [value: T, next: number];

function readType(tokens: string[], at: number): Read<HiveType> {
  const name = tokens[at] ?? '';
  if (tokens[at + 1] !== '<') return [{ kind: 'primitive', name }, at + 1];
  if (name === 'struct') return readStruct(tokens, at + 2);
  const [first, afterFirst] = readType(tokens, at + 2);
  if (name === 'array') return [{ kind: 'array', items: first }, expect(tokens, afterFirst, '>')];
  const [values, end] = readType(tokens, expect(tokens, afterFirst, ','));
  return [{ kind: 'map', keys: first, values }, expect(tokens, end, '>')];
}

function readStruct(tokens: string[], start: number): Read<HiveType> {
  const fields: [string, HiveType][] = [];
  for (let at = start; ; at++) {
    const [type, next] = readType(tokens, expect(tokens, at + 1, ':'));
    fields.push([tokens[at]!, type]);
    if (tokens[next] === '>') return [{ kind: 'struct', fields }, next + 1];
    at = expect(tokens, next, ',') - 1;
  }
}

function expect(tokens: string[], at: number, token: string): number {
  if (tokens[at] === token) return at + 1;
  throw new SyntaxError(`type not understood, ${token} missing: ${tokens.join('')}`);
}
