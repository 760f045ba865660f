import { ParameterError } from '../errors.ts';

/** Packs the place where a page begins into one opaque word. */
export function writeCursor(place: Record<string, string>): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Unpacks a cursor that has all the names; throws ParameterError on anything else. */
export function readCursor<Name extends string>(
  cursor: string,
  names: readonly Name[],
): Record<Name, string> {
  const place = parsePlace(cursor);
  if (place && names.every((name) => typeof place[name] === 'string'))
    return place as Record<Name, string>;
  throw badCursor();
}

/** What is wrong with a cursor that this service did not make. */
export function badCursor(): ParameterError {
  return new ParameterError('cursor', 'Take it unchanged from the link to the next page.');
}

function parsePlace(cursor: string): Record<string, unknown> | undefined {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return typeof place === 'object' && place !== null ? { ...place } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the parameter `limit`; throws ParameterError when it is no number from 1 to `max`. */
export function readLimit(text: string | undefined, fallback: number, max: number): number {
  if (text === undefined) return fallback;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= max) return limit;
  throw new ParameterError('limit', `Give a whole number from 1 to ${max}.`);
}
