import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import { Terminal } from '../../cli/terminal.ts';
import { main, stracelake } from '../cli/command.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'stracelake-test-'));
const log =
  '7 10:00:00.1 execve("/bin/a", ["a"], 0x1) = 0 <0.1>\n7 10:00:00.5 +++ exited with 0 +++\n';

/** What a JSON text says of its shape: names, down to the first entry of each list. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? [shapeOf(value[0])] : [];
  if (value === null || typeof value !== 'object') return true;
  const entries = Object.entries(value).map(([name, each]) => [name, shapeOf(each)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a! < b! ? -1 : 1)));
}

/** Shapes of the JSON examples under the line of the page that begins with a command. */
function documentedShapes(command: string): unknown[] {
  const section = page.split('\n## JSON\n')[1].split('\n## ')[0];
  const start = section
    .split(/\n(?=`[a-z])/)
    .find((part) => part.includes('```json') && part.split('\n')[0].includes(`\`${command}\``));
  return [...(start ?? '').matchAll(/```json\n(.*)\n```/g)].map(([, text]) =>
    shapeOf(JSON.parse(text)),
  );
}

/** Holds that what the page tells is there; there may be more, and a list without entries tells nothing. */
function expectShape(text: string, documented: unknown): void {
  const isThere = (shape: unknown, actual: unknown): unknown => {
    if (Array.isArray(shape) && Array.isArray(actual)) {
      if (shape.length * actual.length === 0) return shape;
      return [isThere(shape[0], actual[0])];
    }
    if (typeof shape !== 'object' || shape === null) return shape;
    const found = (actual ?? {}) as Record<string, unknown>;
    const names = Object.keys(shape).filter((name) => name in found);
    return Object.fromEntries(
      names.map((name) => [name, isThere((shape as Record<string, unknown>)[name], found[name])]),
    );
  };
  const content = JSON.parse(text);
  expect(isThere(documented, content)).toEqual(documented);
}

describe('docs/cli.md', () => {
  const serve = spawn(
    process.execPath,
    [main, 'serve', '--port', '0', '--s3-port', '0', '--data-dir', 'data', '--json'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const lines: string[] = [];
  beforeAll(async () => {
    writeFileSync(join(folder, 'a.log'), log);
    for await (const chunk of serve.stdout.iterator({ destroyOnReturn: false })) {
      lines.push(...String(chunk).trim().split('\n'));
      if (lines.length > 1) break;
    }
  });
  afterAll(async () => {
    const ended = once(serve, 'exit');
    serve.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  });

  it('has every command', () => {
    const streams = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
    };
    const program = createProgram(new Terminal({ ...streams, env: {} }));
    const commands = program
      .createHelp()
      .visibleCommands(program)
      .map((each) => each.name());
    const told = [...page.matchAll(/^\| `([a-z-]+)[^`]*` \|/gm)].map(([, name]) => name);
    expect(told).toEqual(expect.arrayContaining(commands.filter((name) => name !== 'help')));
  });

  it.each([
    ['report', ['report', 'a.log', 'process_table', '--json']],
    ['search', ['search', 'a.log', '--json']],
    ['sql', ['sql', 'SELECT 1 AS calls', 'a.log', '--json']],
    ['sql', ['sql', 'SELECT 1 AS calls', '--data-dir', 'data', '--json']],
    ['diff', ['diff', 'a.log', 'a.log', '--report', 'files', '--json']],
    ['tree', ['tree', 'a.log', '--json']],
    ['quality', ['quality', 'a.log', '--json']],
    ['upload', ['upload', 'a.log', '--data-dir', 'data', '--json']],
    ['sessions', ['sessions', '--data-dir', 'data', '--json']],
    ['export', ['export', 'a.log', 'csv', '--out', 'a.csv', '--json']],
    ['convert', ['convert', 'a.log', '--json']],
    ['reports', ['reports', '--json']],
    ['session-id', ['session-id', 'logs/a.log', '--json']],
  ])('tells the shape that %s --json has', async (command, args) => {
    const { code, stdout } = await stracelake(folder, args);
    expect(code).toBe(0);
    const [documented, ...others] = documentedShapes(command);
    expect(others).toEqual([]);
    expect(documented).toBeDefined();
    expectShape(stdout, documented);
  });

  it('tells the lines that serve --json prints', () => {
    const [started, ingested] = documentedShapes('serve');
    expectShape(lines[0], started);
    expectShape(lines[1], ingested);
  });
});
