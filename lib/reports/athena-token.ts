/** Where a page of a result begins: a page of Athena's, and rows of it that were read before. */
export interface AthenaPosition {
  /** Athena's own token; undefined for its first page. */
  nextToken?: string;
  skip: number;
}

/** Position as one text, for QueryEngine's tokens. */
export function writePosition({ nextToken, skip }: AthenaPosition): string {
  return `${skip}:${nextToken ?? ''}`;
}

/** Reads what writePosition wrote; the beginning when there is none. */
export function readPosition(token: string | undefined): AthenaPosition {
  if (token === undefined) return { skip: 0 };
  const colon = token.indexOf(':');
  return {
    skip: Number(token.slice(0, colon)),
    nextToken: token.slice(colon + 1) || undefined,
  };
}
