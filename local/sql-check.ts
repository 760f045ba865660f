import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlRefusedError } from './errors.ts';

/** Longest query, characters. */
const MAX_SQL_LENGTH = 100_000;

/** Table functions that only compute; every other one reads, writes, or changes the engine. */
const FUNCTIONS = new Set(['range', 'generate_series', 'unnest', 'json_each', 'json_tree']);
/** Functions that look out of the sandbox or write to its log. */
const REFUSED_FUNCTIONS = new Set(['current_setting', 'write_log', 'getenv']);
const INFORMATION_SCHEMA = new Set(['columns', 'tables']);

type Node = Record<string, unknown>;

/**
 * Throws SqlRefusedError unless the text is exactly one SELECT that reads nothing but these tables. The
 * engine's own parser takes it apart, so that what is checked is what would run.
 */
export async function checkSql(
  connection: DuckDBConnection,
  sql: string,
  tables: readonly string[],
): Promise<void> {
  if (sql.length > MAX_SQL_LENGTH)
    throw new SqlRefusedError(`The query is longer than ${MAX_SQL_LENGTH} characters.`);
  const parsed = await parse(connection, sql);
  if (parsed.error) throw parseError(parsed);
  const statements = parsed.statements as unknown[];
  if (statements.length === 0) throw new SqlRefusedError('There is no query; send one SELECT.');
  if (statements.length > 1)
    throw new SqlRefusedError(`Send one SELECT; there are ${statements.length} statements.`);
  const names = new Set(tables);
  visit(statements, (node) => {
    for (const { key } of listOf(node.cte_map)) names.add(String(key).toLowerCase());
  });
  visit(statements, (node) => checkNode(node, names, tables));
}

async function parse(connection: DuckDBConnection, sql: string): Promise<Node> {
  const text = 'SELECT json_serialize_sql(CAST(? AS VARCHAR))';
  const reader = await connection.runAndReadAll(text, [sql]);
  return JSON.parse(String(reader.getRowsJS()[0]![0])) as Node;
}

function parseError({ error_type, error_message }: Node): SqlRefusedError {
  if (error_type === 'not implemented')
    return new SqlRefusedError(
      'Only reading is possible here: send one SELECT (or WITH … SELECT).',
    );
  return new SqlRefusedError(`The query is not understood: ${error_message}`);
}

function checkNode(node: Node, names: ReadonlySet<string>, tables: readonly string[]) {
  if (node.type === 'BASE_TABLE') checkTable(node, names, tables);
  if (node.type === 'TABLE_FUNCTION') {
    const name = functionName(node.function as Node);
    if (!FUNCTIONS.has(name))
      throw new SqlRefusedError(`The table function ${name} cannot be used here.`);
  }
  if (node.class === 'FUNCTION' && REFUSED_FUNCTIONS.has(functionName(node)))
    throw new SqlRefusedError(`The function ${functionName(node)} cannot be used here.`);
  if (node.class === 'PARAMETER')
    throw new SqlRefusedError('Placeholders cannot be used here; write the values.');
}

function checkTable(node: Node, names: ReadonlySet<string>, tables: readonly string[]) {
  const name = String(node.table_name).toLowerCase();
  const schema = String(node.schema_name ?? '').toLowerCase();
  const catalog = String(node.catalog_name ?? '');
  const isOurs = schema === '' && catalog === '' && names.has(name);
  const isInformation = schema === 'information_schema' && INFORMATION_SCHEMA.has(name);
  if (isOurs || (isInformation && catalog === '')) return;
  const full = [catalog, schema, String(node.table_name)].filter(Boolean).join('.');
  throw new SqlRefusedError(`There is no table ${full}. There are ${tables.join(', ')}.`);
}

function functionName(node: Node): string {
  return String(node.function_name).toLowerCase();
}

function listOf(map: unknown): Node[] {
  return ((map as Node | undefined)?.map as Node[] | undefined) ?? [];
}

/** Every object in a tree of plain JSON; without recursion, for the tree is as deep as the query. */
function visit(root: unknown, see: (node: Node) => void) {
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value)) see(value as Node);
    left.push(...Object.values(value));
  }
}
