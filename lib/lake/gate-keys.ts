/** Prefix of the lake bucket under which verdicts and the facts that they were made of lie. */
export const GATE_PREFIX = 'gate/';

/** Key of the verdict on a session: `gate/verdicts/<id>.json`. */
export function verdictKey(session: string): string {
  return `${GATE_PREFIX}verdicts/${session}.json`;
}

/** Key of the facts of a session; `version` names its generation and how they were made. */
export function factsKey(session: string, version: string): string {
  return `${GATE_PREFIX}facts/${session}-${version}.json`;
}
