import stringWidth from 'string-width';
import type { SqlValue } from '../lib/reports/engine.ts';
import { jsonLine } from './json-text.ts';
import { readAll } from './report-rows.ts';
import { askReport, type SourceOptions } from './report-source.ts';
import type { Terminal } from './terminal.ts';
import { cutText, showControls } from './text-width.ts';

const REPORT = 'process_tree';
/** Columns that a command line gets at least, however deep it stands. */
const LEAST_COMMAND = 16;

/** A process and what it started. */
interface ProcessNode {
  process: number | null;
  /** Command line, or the program of a process that executed none of its own. */
  command: string;
  executable: string | null;
  threads: number;
  start: string | null;
  elapsed_ms: number | null;
  ended: string | null;
  calls: number;
  errors: number;
  call_ms: number | null;
  children: ProcessNode[];
}

/** Prints the processes of a log or session as a tree. */
export async function tree(
  what: string,
  options: SourceOptions & { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const question = { report: REPORT, parameters: new Map<string, string>() };
  await askReport(what, question, options, terminal, async (answer) => {
    const { columns, rows } = await readAll(answer);
    const names = columns.map(({ name }) => name);
    const roots = growTree(
      rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))),
    );
    if (options.json) await terminal.print(jsonLine({ session: answer.session, processes: roots }));
    else for (const root of roots) await terminal.print(printNode(root, '', '', terminal));
  });
}

/** Rows of process_tree, each below the one whose lineage its own begins with. */
function growTree(rows: readonly Record<string, SqlValue>[]): ProcessNode[] {
  const roots: ProcessNode[] = [];
  const byLineage = new Map<string, ProcessNode>();
  for (const { lineage, tree: label, depth: _, parent: __, ...row } of rows) {
    const command = String(label)
      .replace(/^(\. )*/, '')
      .replace(/^\d+ /, '');
    const node = { ...row, command, children: [] } as unknown as ProcessNode;
    byLineage.set(String(lineage), node);
    const above = byLineage.get(String(lineage).replace(/\/?[^/]*$/, ''));
    (above?.children ?? roots).push(node);
  }
  return roots;
}

function printNode(node: ProcessNode, head: string, indent: string, terminal: Terminal): string {
  const facts = `  ${terminal.paint(isBad(node) ? 'red' : 'dim', factsOf(node))}`;
  const id = node.process === null ? '' : `${node.process} `;
  const taken = stringWidth(head) + id.length + factsOf(node).length + 2;
  const room = terminal.width && Math.max(LEAST_COMMAND, terminal.width - taken);
  const line = `${head}${terminal.paint('bold', id)}${cutText(showControls(node.command), room)}${facts}\n`;
  const children = node.children.map((child, i) => {
    const isLast = i === node.children.length - 1;
    const branch = isLast ? '└─ ' : '├─ ';
    return printNode(child, indent + branch, indent + (isLast ? '   ' : '│  '), terminal);
  });
  return line + children.join('');
}

function factsOf({ elapsed_ms: ms, ended, threads, calls, errors }: ProcessNode): string {
  const facts = [
    ms === null ? undefined : secondsOf(ms),
    ended === null ? 'end not seen' : /^\d+$/.test(ended) ? `exit ${ended}` : `killed by ${ended}`,
    threads > 1 ? `${threads} threads` : undefined,
    countOf(calls, 'call'),
    errors > 0 ? countOf(errors, 'error') : undefined,
  ];
  return `[${facts.filter((fact) => fact !== undefined).join(', ')}]`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function secondsOf(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function isBad({ ended }: ProcessNode): boolean {
  return ended !== null && ended !== '0';
}
