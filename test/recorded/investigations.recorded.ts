import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const folder = new URL('../../docs/investigations/', import.meta.url);

/** Rows that make the point of each page; they must stand on the page and come out of its script. */
const investigations: Record<string, RegExp[]> = {
  'slow-start': [
    /^ waiting +\| +[\d.]+ \| ms +\| blocked_time/m,
    /^ small_io +\| 6\d{3} +\| calls +\| tiny_io/m,
    /^ missing_files +\| \d+ +\| calls +\| wasted_lookups/m,
    /^ poll +\| +\d+ +\| (9\d\d|1\d{3})[.\d]* +\| /m,
    /(?:.* connect\(.*sun_path="run\/cache\.sock".*ENOENT.*\n){5}/,
    /words\.txt \| read +\| +680\d \| +680\d \|/,
    /^ settings +\| +\| +40 \|/m,
    /^ settings\.js +\| \S+\/plugins\/40\/settings\.js \| +39 \|/m,
    /^ gone +\| connect +\| +5 \| +0 \|/m,
  ],
  'leaking-fd': [
    /EMFILE: too many open files/,
    /^ file +\| \S+\/inbox\/report-#\.txt \| +[1-9]\d* \| +200$/m,
    /report-30\.txt \| +20 \| +0\n \S+report-01\.txt \| +20 \| +20$/m,
    /openat\(.*report-03\.txt.*\n.*read\(.*"draft\\n", 6\) = 6.*\n.*openat\(.*report-03\.txt/,
    /^no rows: Descriptors that were not closed$/m,
  ],
  'undeclared-input': [
    /^make: 'app' is up to date\.\napp 1\.0: first words$/m,
    /^├─ \d+ gcc -c -o main\.o main\.c {2}\[.*exit 0/m,
    /^ input +\| \S+\/words\.txt$/m,
    /^ output +\| \S+\/main\.o$/m,
    /^Makefile\nversion\.h\nwords\.txt$/m,
    /^main\.o: main\.c app\.h version\.h$/m,
  ],
};

describe.each(Object.entries(investigations))('the investigation %s', (name, rows) => {
  const page = new URL(`${name}.md`, folder);

  test('shows what its script does', () => {
    const outputs = runScript(fileURLToPath(new URL(`${name}.sh`, folder)));
    let text = readFileSync(page, 'utf8');
    if (process.env.UPDATE === '1') {
      text = fill(text, outputs);
      writeFileSync(page, text);
    }
    expect([...text.matchAll(BLOCK)].map(([, block]) => commandOf(block, outputs))).toEqual([
      ...outputs.keys(),
    ]);
    const whole = [...outputs.values()].join('\n');
    for (const row of rows) {
      expect(whole).toMatch(row);
      expect(text).toMatch(row);
    }
  });
});

const BLOCK = /```console\n\$ ([\s\S]*?)\n```/g;

/** Outputs of the commands that a script shows, by command. */
function runScript(script: string): Map<string, string> {
  for (const program of ['strace', 'gcc', 'make'])
    if (spawnSync(program, ['--version']).error)
      throw new Error(`${program} is missing: apt-get install ${program}`);
  const { status, stdout, stderr } = spawnSync('bash', [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`script ended with ${status}: ${script}\n${stdout}${stderr}`);
  const source = readFileSync(script, 'utf8');
  expect(source).toContain('show.sh');
  return new Map(
    stdout
      .split('\n$ ')
      .slice(1)
      .map((part) => splitCommand(part)),
  );
}

/** A command goes on in lines that begin with spaces, while a quotation or a pipe is open. */
function splitCommand(part: string): [string, string] {
  const lines = part.split('\n');
  const isOpen = (text: string) =>
    /\|$/.test(text) || text.replace(/'[^']*'/g, '').split('"').length % 2 === 0;
  let end = 1;
  while (end < lines.length && isOpen(lines.slice(0, end).join('\n'))) end++;
  return [lines.slice(0, end).join('\n'), lines.slice(end).join('\n').trimEnd()];
}

function commandOf(block: string, outputs: ReadonlyMap<string, string>): string | undefined {
  return [...outputs.keys()].find(
    (command) => block === command || block.startsWith(`${command}\n`),
  );
}

function fill(text: string, outputs: ReadonlyMap<string, string>): string {
  return text.replace(BLOCK, (whole, block: string) => {
    const command = commandOf(block, outputs);
    if (command === undefined) return whole;
    const output = outputs.get(command);
    return `\`\`\`console\n$ ${command}${output ? `\n${output}` : ''}\n\`\`\``;
  });
}
