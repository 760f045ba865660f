import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Which rooms a room may import from: the way of the data, one way only. */
const directions: Record<string, string[]> = {
  bin: ['cli', 'lib/stack', 'lib/reports'],
  cli: ['local', 'lib/gate', 'lib/reports', 'lib/lake', 'lib/strace'],
  local: ['lambdas', 'lib/page', 'lib/reports', 'lib/lake'],
  'lib/stack': ['lib/reports', 'lib/lake'],
  lambdas: ['lib/access', 'lib/page', 'lib/reports', 'lib/lake'],
  'lib/access': ['lib/reports', 'lib/lake'],
  'lib/page': ['lib/reports'],
  'lib/reports': ['lib/gate', 'lib/lake'],
  'lib/gate': [],
  'lib/lake': ['lib/strace'],
  'lib/strace': [],
  web: [],
  wasm: [],
};

/** The only rooms that may use a package. */
const owners: Record<string, string[]> = {
  'aws-cdk-lib': ['bin', 'lib/stack'],
  'cdk-nag': ['bin'],
  constructs: ['lib/stack'],
  commander: ['cli'],
  'cli-progress': ['cli'],
  '@duckdb/node-api': ['local', 'cli'],
  '@20minutes/s3rver': ['local'],
  'node:http': ['local'],
  hyparquet: ['lib/reports', 'lib/lake'],
  'hyparquet-writer': ['lib/lake'],
};

/** The modules of `lib` that touch the disk or AWS; all others are given what they need. */
const edges: Record<string, string> = {
  'lib/access/upload-ticket.ts': 'signs uploads',
  'lib/lake/member-spool.ts': 'keeps the members of a tar until they are merged',
  'lib/lake/s3-object-store.ts': 'the lake in S3',
  'lib/page/static-files.ts': 'reads the built page, which is part of the package',
  'lib/reports/athena-engine.ts': 'the reports in Athena',
  'lib/reports/catalogue.ts': 'reads the query files, which are part of the package',
  'lib/reports/named-queries.ts': 'looks up the queries that the stack named',
  'lib/reports/presigned-download.ts': 'signs downloads',
};

/** Files above 400 lines, and why they are not two. */
const longFiles: Record<string, string> = {
  'test/lake/ingest-session.test.ts': 'one story: what an ingest leaves whatever goes wrong',
  'test/lambdas/report.test.ts': 'one suite over all routes of the API',
};

interface Source {
  path: string;
  room: string;
  text: string;
  imports: string[];
}

const sources: Source[] = globSync(
  '{bin,cli,local,lambdas,lib,test,bench,wasm,web/src}/**/*.{ts,tsx,js}',
  {
    cwd: root,
  },
).map((file) => {
  const path = file.split(sep).join('/');
  const text = readFileSync(join(root, file), 'utf8');
  return { path, room: roomOf(path), text, imports: importsOf(text) };
});
const project = sources.filter(({ room }) => room !== 'test' && room !== 'bench');

describe('imports', () => {
  it('know every room', () => {
    expect([...new Set(project.map(({ room }) => room))].sort()).toEqual(
      Object.keys(directions).sort(),
    );
  });

  it('point one way', () => {
    const wrong = project.flatMap(({ path, room, imports }) =>
      imports
        .filter((name) => name.startsWith('.'))
        .map((name) => roomOf(join(dirname(path), name)))
        .filter((target) => target !== room && !directions[room].includes(target))
        .map((target) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('never form a circle of rooms', () => {
    const visit = (room: string, way: string[]): string[] => {
      if (way.includes(room)) return [[...way, room].join(' -> ')];
      return directions[room].flatMap((target) => visit(target, [...way, room]));
    };
    expect(Object.keys(directions).flatMap((room) => visit(room, []))).toEqual([]);
  });

  it('keep packages in their rooms', () => {
    const wrong = project.flatMap(({ path, room, imports }) =>
      imports
        .filter((name) => !(owners[packageOf(name)] ?? [room]).includes(room))
        .map((name) => `${path} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('name their files with the extension', () => {
    // AssemblyScript adds it itself
    const written = sources.filter(({ room }) => room !== 'wasm');
    const wrong = written.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('.') && !/\.(tsx?|js|json|css)$/.test(name))
        .map((name) => `${path} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the scanner', () => {
  const scanner = sources.filter(({ room }) => room === 'lib/strace');

  it('imports nothing', () => {
    const foreign = scanner.flatMap(({ path, imports }) =>
      imports.filter((name) => !name.startsWith('./')).map((name) => `${path} -> ${name}`),
    );
    expect(scanner.length).toBeGreaterThan(10);
    expect(foreign).toEqual([]);
  });

  it('knows no disk, environment, clock or chance', () => {
    const impure = /\bprocess\.\w|Date\.now|new Date\(\)|performance\.|Math\.random|\bfetch\(/;
    expect(scanner.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('the library', () => {
  const library = sources.filter(({ path }) => path.startsWith('lib/'));

  it('touches the disk and AWS at its edges alone', () => {
    const outside = /^(node:(fs|http|https|net|child_process)(\/|$)|@aws-sdk\/|aws-sdk)/;
    const found = library
      .filter(
        ({ room, text }) =>
          room !== 'lib/stack' && valueImportsOf(text).some((name) => outside.test(name)),
      )
      .map(({ path }) => path);
    expect(found.sort()).toEqual(Object.keys(edges).sort());
  });

  it('reads no environment and no arguments', () => {
    const found = library.filter(({ text }) => /\bprocess\.(env|argv)\b/.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe('files', () => {
  it('stay short, or say why not', () => {
    const written = sources.filter(({ path }) => !path.includes('.generated.'));
    const found = written.filter(({ text }) => text.split('\n').length > 401);
    expect(found.map(({ path }) => path).sort()).toEqual(Object.keys(longFiles).sort());
  });

  it('have kebab-case names that say what they hold', () => {
    const wrong = sources
      .map(({ path }) => path)
      .filter((path) => {
        const name = basename(path).replace(/(\.[a-z]+)+$/, '');
        const isKebab = /^(__)?[a-z0-9]+(-[a-z0-9]+)*(__)?$/.test(name);
        return !isKebab || /\b(utils?|helpers?|common|misc|manager)\b/.test(name);
      });
    expect(wrong).toEqual([]);
  });
});

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g)].map((match) => match[1]);
}

/** Imports that are there when the program runs. */
function valueImportsOf(text: string): string[] {
  return importsOf(text.replaceAll(/import type [^;]*;/g, ''));
}

function roomOf(path: string): string {
  const [first, second] = path.split(/[\\/]/);
  // exports are reports of another form: they share a room
  if (first === 'lib' && second === 'exports') return 'lib/reports';
  return first === 'lib' ? `lib/${second}` : first;
}

function packageOf(name: string): string {
  const parts = name.split('/');
  return name.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}
