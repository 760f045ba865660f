const KEYWORDS =
  /^(select|from|where|group|by|order|limit|with|as|and|or|not|in|is|null|like|ilike|between|case|when|then|else|end|join|left|right|inner|outer|cross|on|union|all|distinct|having|desc|asc|nulls|first|last|over|partition|filter|cast|unnest|values|true|false|using|exists|interval|qualify|offset)$/i;
const TOKEN = /(--[^\n]*)|('(?:[^']|'')*'?)|("(?:[^"]|"")*"?)|(\b\d+(?:\.\d+)?\b)|(\w+)|(.)/gs;

/** SQL with its parts in colours. */
export function Highlighted({ sql }: { sql: string }) {
  const parts = [...sql.matchAll(TOKEN)].map(([text, comment, string, name, number, word]) => {
    if (comment !== undefined) return ['comment', text];
    if (string !== undefined) return ['string', text];
    if (name !== undefined) return ['name', text];
    if (number !== undefined) return ['number', text];
    return word !== undefined && KEYWORDS.test(word) ? ['keyword', text] : ['', text];
  });
  return (
    <>
      {parts.map(([kind, text], i) =>
        kind === '' ? (
          text
        ) : (
          <span key={i} class={`sql-${kind}`}>
            {text}
          </span>
        ),
      )}
      {'\n'}
    </>
  );
}
