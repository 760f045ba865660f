const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** Content as one line of JSON; integers beyond 2^53 keep all their digits. */
export function jsonLine(content: unknown): string {
  const text = JSON.stringify(content, (_, value) =>
    typeof value === 'bigint' ? rawJson(String(value)) : value,
  );
  return `${text}\n`;
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** Reads JSON; integers beyond 2^53 become bigints, with all their digits. */
export function parseJson(text: string): unknown {
  const revive: Reviver = (_, value, { source }) =>
    typeof value === 'number' && /^-?\d+$/.test(source ?? '') && !Number.isSafeInteger(value)
      ? BigInt(source!)
      : value;
  return JSON.parse(text, revive as Parameters<typeof JSON.parse>[1]);
}
