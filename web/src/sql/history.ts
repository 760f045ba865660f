const KEY = 'stracelake.sql';
const MOST = 30;

/** Queries that ran in this browser, the latest first. */
export function readHistory(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** Keeps a query that ran. */
export function rememberQuery(sql: string): void {
  const others = readHistory().filter((each) => each !== sql);
  localStorage.setItem(KEY, JSON.stringify([sql, ...others].slice(0, MOST)));
}
