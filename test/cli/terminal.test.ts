import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCall } from '../../cli/call-line.ts';
import { chooseColumns } from '../../cli/column-choice.ts';
import { fitTable } from '../../cli/fitted-table.ts';
import { jsonLine, parseJson } from '../../cli/json-text.ts';
import { renderTabLines } from '../../cli/tab-lines.ts';
import { cutMiddle, cutText } from '../../cli/text-width.ts';
import { main, stracelake } from './command.ts';

const gccLog = fileURLToPath(new URL('../logs/gcc.log', import.meta.url));
const ESC = '\x1b';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stracelake-test-'));
  await copyFile(gccLog, join(folder, 'gcc.log'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const onTerminal = (args: string[], columns: number, env = {}) =>
  stracelake(folder, args, { columns, env });
const piped = (args: string[]) => stracelake(folder, args);
const widest = (text: string) =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => stringWidth(line)),
  );

describe('a terminal', () => {
  it.each([
    [['report', 'gcc.log', 'wasted_lookups', '--limit', '5'], 100],
    [['report', 'gcc.log', 'wasted_lookups', '--limit', '5'], 60],
    [['report', 'gcc.log', 'summary'], 80],
    [['report', 'gcc.log', 'search', '--limit', '5'], 80],
    [['search', 'gcc.log', '--limit', '20'], 70],
    [['tree', 'gcc.log'], 90],
    [['diff', 'gcc.log', 'gcc.log', '--report', 'files'], 60],
    [['sql', 'SELECT seq, args, path FROM calls LIMIT 5', 'gcc.log'], 60],
    [['reports'], 60],
    [['reports', 'search'], 60],
  ])('%j fits into %d columns', async (args, columns) => {
    const { code, stdout } = await onTerminal(args, columns);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(10);
    expect(widest(stdout)).toBeLessThanOrEqual(columns);
  });

  it('shows colours unless told not to; a pipe has none, and nothing is cut', async () => {
    const args = ['tree', 'gcc.log'];
    expect((await onTerminal(args, 80)).stdout).toContain(`${ESC}[1m4129`);
    const plain = await onTerminal(args, 80, { NO_COLOR: '1' });
    expect(plain.stdout).not.toContain(ESC);
    expect(plain.stdout).toContain('…');
    const { stdout } = await piped(args);
    expect(stdout).not.toMatch(/\x1b|…/);
    expect(widest(stdout)).toBeGreaterThan(500);
  });

  it('gets no control characters out of a log', async () => {
    await writeFile(join(folder, 'evil.log'), `1 close(3</tmp/\x1b]0;owned\x07>) = 0\n`);
    for (const args of [
      ['search', 'evil.log'],
      ['report', 'evil.log', 'calls'],
    ]) {
      const { stdout } = await onTerminal(args, 200, { NO_COLOR: '1' });
      expect(stdout).toContain('\\x1b]0;owned\\x07');
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
    }
  });
});

describe('text', () => {
  it.each([
    ['plain', 10, 'plain', 'plain'],
    ['0123456789', 5, '0123…', '0…789'],
    ['/usr/include/stdio.h', 12, '/usr/includ…', '/us…/stdio.h'],
    ['日本語のファイル', 8, '日本語…', '日…イル'],
    ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5, '👩‍👩‍👧‍👦👩‍👩‍👧‍👦…', '…👩‍👩‍👧‍👦'],
  ])('%s is cut to %d columns', (text, width, cut, middle) => {
    expect(cutText(text, width)).toBe(cut);
    expect(cutMiddle(text, width)).toBe(middle);
  });

  it('becomes a table, the widest columns cut, or blocks where a table has no room', () => {
    const paint = { header: (text: string) => text, rule: (text: string) => text };
    const rows = [
      ['/usr/lib/x86_64-linux-gnu/libc.so.6', 12, null],
      ['a', 3, 'some text that is long'],
    ];
    expect(fitTable(['path', 'n', 'note'], rows, 40, paint)).toBe(
      [
        'path             │  n │ note',
        '─────────────────┼────┼─────────────────',
        '/usr/…/libc.so.6 │ 12 │',
        'a                │  3 │ some text that',
        '                 │    │ is long',
        '',
      ].join('\n'),
    );
    const long = [
      ['/usr/lib/x86_64-linux-gnu/libc.so.6', 1234567890123, 'one two three four five six seven'],
    ];
    expect(fitTable(['path', 'size', 'note'], long, 36, paint)).toBe(
      [
        'path     │          size │ note',
        '─────────┼───────────────┼─────────',
        '/u….so.6 │ 1234567890123 │ one two',
        '         │               │ three',
        '         │               │ four',
        '         │               │ five si…',
        '',
      ].join('\n'),
    );
    expect(fitTable(['path', 'n', 'note'], rows, 20, paint)).toBe(
      [
        '── 1 ──',
        'path  /usr/lib/x86_…',
        'n     12',
        '── 2 ──',
        'path  a',
        'n     3',
        'note  some text tha…',
        '',
      ].join('\n'),
    );
  });
});

describe('columns without room', () => {
  const headers = ['path', 'depth', 'note', 'calls', 'lineage'];
  const rows = [['/usr/lib/x86_64-linux-gnu/libc.so.6', 1, null, 12, '100001/100002']];
  const shown = (width: number, telling?: string[]) => {
    const choice = chooseColumns(headers, rows, width, telling);
    return choice.shown.map((i) => headers[i]);
  };

  it('go from the end, those that are empty first', () => {
    expect(shown(200)).toEqual(headers);
    expect(shown(52)).toEqual(['path', 'depth', 'calls', 'lineage']);
    expect(shown(45)).toEqual(['path', 'depth', 'calls']);
  });

  it('go last when they say most', () => {
    expect(shown(58, ['path', 'lineage'])).toEqual(['path', 'depth', 'lineage']);
  });

  it('all stay where too few would be left', () => {
    expect(shown(20)).toEqual(headers);
  });
});

describe('JSON', () => {
  it('keeps all digits of integers, there and back', () => {
    const text = '{"time_ns":1795426287862169123,"few":[1,-2,0.5,9007199254740993]}\n';
    expect(parseJson(text)).toEqual({
      time_ns: 1795426287862169123n,
      few: [1, -2, 0.5, 9007199254740993n],
    });
    expect(jsonLine(parseJson(text))).toBe(text);
    expect(renderTabLines([[1795426287862169123n, null, 'a\tb\\', [9007199254740993n]]])).toBe(
      '1795426287862169123\t\\N\ta\\tb\\\\\t[9007199254740993]\n',
    );
  });
});

describe('a call on a terminal', () => {
  it('keeps its return, whatever else must go', () => {
    const row = {
      timestamp: '09:23:46.107746',
      pid: 7,
      executable: '/bin/cat',
      syscall: 'openat',
      args: 'AT_FDCWD</home/somebody/somewhere>, "/etc/some/file", O_RDONLY',
      ret: -1,
      ret_text: 'ENOENT (No such file or directory)',
      duration_us: 12,
    };
    const head = '09:23:46.107746 7 cat openat(';
    const args = 'AT_FDCWD</home/somebody/somewhere>, "/etc/some/file", O_RDONLY';
    expect(formatCall(row)).toBe(
      `${head}${args}) = -1 ENOENT (No such file or directory) <0.000012>`,
    );
    expect(formatCall(row, 118)).toBe(`${head}${args}) = -1 ENOENT <0.000012>`);
    expect(formatCall(row, 70)).toBe(`${head}AT_FDCWD</home/s…) = -1 ENOENT <0.000012>`);
    expect(formatCall(row, 30)).toBe('09:23:46.107746 7 cat openat(…');
  });
});

describe('stracelake man', () => {
  it('tells of every command and report, in well-formed roff', async () => {
    const { stdout } = await piped(['man']);
    expect(stdout).toMatch(/^\.TH STRACELAKE 1 /);
    for (const command of ['record', 'upload', 'export', 'completion'])
      expect(stdout).toContain(`\n.SS stracelake ${command}\n`);
    expect(stdout).toContain('\\fBwasted_lookups\\fR');
    expect(stdout).toContain('\nstracelake record \\-\\- make \\-j4\n');
    // What stands at the beginning of a line and is no request must not look like one.
    const requests = stdout.match(/^['.].*$/gm) ?? [];
    expect(
      requests.filter((line) => !/^\.(TH|SH|SS|B|BR|br|TP|PP|nf|fi|RS|RE)\b/.test(line)),
    ).toEqual([]);
    const ends = ['.nf', '.fi', '.RS', '.RE'].map((name) => stdout.split(`\n${name}`).length);
    expect(new Set(ends).size).toBe(1);
  });
});

describe('completion', () => {
  const words = async (...typed: string[]) => {
    const { stdout } = await piped(['complete', '--', ...typed]);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0]);
  };

  it.each([
    [['rec'], ['record']],
    [['rep'], ['report', 'reports']],
    [['report', ''], [':files']],
    [['report', 'gcc.log', 'wast'], ['wasted_lookups']],
    [
      ['report', 'gcc.log', 'tiny_io', '--pa'],
      ['--param', '--path'],
    ],
    [['report', 'gcc.log', 'crashes', '--pa'], ['--param']],
    [
      ['report', 'gcc.log', '--format', ''],
      ['text', 'json', 'csv', 'tsv'],
    ],
    [['report', 'gcc.log', '--format', '=', 'j'], ['json']],
    [['report', '--format=json', 'gcc.log', 'futex'], ['futex_contention']],
    [
      ['diff', 'a', 'b', '--report', 'err'],
      ['errors', 'error_summary'],
    ],
    [
      ['export', 'gcc.log', 'p'],
      ['perfetto', 'parquet'],
    ],
    [['export', 'gcc.log', 'csv', '--out', ''], [':files']],
    [['upload', 'a.log', ''], [':files']],
    [['record', '--out', 'x', '--', 'l'], [':files']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['sql', ''], ['']],
    [
      ['ci', 'ini'],
      ['init', ':files'],
    ],
    [['ci', 'init', '--fo'], ['--force']],
    [
      ['nonsense', '--'],
      ['--version', '--help'],
    ],
  ])('of %j gives %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });

  it('works in bash', async () => {
    await writeFile(join(folder, 'a b.log'), '');
    const script = `
      stracelake() { "${process.execPath}" "${main}" "$@"; }
      source /dev/stdin <<<"$(stracelake completion bash)"
      try() { COMP_WORDS=(stracelake "$@"); COMP_CWORD=$#; _stracelake; printf '%s\\n' "\${COMPREPLY[@]}" -; }
      try conv; try report gcc.log wast; try report 'a '; try export gcc.log ''`;
    const printed = execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(printed.split('\n-\n')).toEqual([
      'convert',
      'wasted_lookups',
      'a b.log',
      'perfetto\nfolded\nndjson\ncsv\nparquet\narrow\nseccomp',
      '',
    ]);
  });
});
