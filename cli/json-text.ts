const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** Content as one line of JSON; integers beyond 2^53 keep all their digits. */
export function jsonLine(content: unknown): string {
  const text = JSON.stringify(content, (_, value) =>
    typeof value === 'bigint' ? rawJson(String(value)) : value,
  );
  return `${text}\n`;
}
