import { readFileSync } from 'node:fs';

/** Where the recipes are. */
export const SQL_DOC = new URL('../../docs/sql.md', import.meta.url);

/** A question of docs/sql.md and its SQL, over the sessions `app` and, in some, `base`. */
export interface Recipe {
  title: string;
  sql: string;
}

/** The recipes, in the order of the page. */
export function readRecipes(): Recipe[] {
  const [, text] = readFileSync(SQL_DOC, 'utf8').split('\n## Recipes\n');
  return [...text!.matchAll(/^### ([^\n]+)\n[^#]*?^```sql\n(.+?)^```$/gms)].map(
    ([, title, sql]) => ({
      title: title!,
      sql: sql!,
    }),
  );
}

/** The recipe asked of two sessions. */
export function askOf({ sql }: Recipe, app: string, base: string): string {
  return sql.replaceAll("'app'", `'${app}'`).replaceAll("'base'", `'${base}'`);
}
