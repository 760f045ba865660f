import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { LogRefusedError } from '../../lib/lake/errors.ts';
import { TarReader } from '../../lib/lake/tar-reader.ts';
import { mergeSplitLogs } from '../../lib/strace/split-logs.ts';
import { readTestLog } from '../recorded-logs.ts';

/** Name and content of each member; a name that ends in a slash is a folder. */
type Members = [name: string, content: string | Uint8Array][];

async function makeTar(members: Members): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of members) {
    if (name.endsWith('/')) archive.entry({ name, type: 'directory' });
    else archive.entry({ name }, Buffer.from(content));
  }
  archive.finalize();
  return await buffer(Readable.from(archive));
}

/** The log in pieces of `size` bytes, and what the archive held. */
async function read(bytes: Uint8Array, { size = 1000, spoolLimit = 1e9 } = {}) {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const reader = new TarReader(spoolLimit);
  const chunks: Uint8Array[] = [];
  for await (const chunk of reader.read(Readable.from(pieces))) chunks.push(chunk);
  const { contents, isSplit } = reader;
  return { log: Buffer.concat(chunks).toString(), contents, isSplit };
}

async function refusal(bytes: Uint8Array, options = {}): Promise<LogRefusedError> {
  const error = await read(bytes, options).catch((reason) => reason);
  expect(error).toBeInstanceOf(LogRefusedError);
  return error;
}

const run: Members = [
  ['t.7', '10:00:01 execve("/bin/a", [], []) = 0\n10:00:03 close(3) = 0\n'],
  ['t.8', '10:00:02 close(4) = 0\n'],
];
const merged =
  '7 10:00:01 execve("/bin/a", [], []) = 0\n8 10:00:02 close(4) = 0\n7 10:00:03 close(3) = 0\n';

describe('TarReader', () => {
  it('passes on a log that is no archive, compressed or not', async () => {
    const log = 'close(3) = 0\n'.repeat(200);
    for (const bytes of [Buffer.from(log), gzipSync(log)]) {
      expect(await read(bytes)).toMatchObject({ log, contents: undefined, isSplit: false });
    }
    expect((await read(Buffer.alloc(0))).log).toBe('');
  });

  it('merges the files of an -ff run, whatever the archive is compressed with', async () => {
    const tar = await makeTar(run);
    for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar)]) {
      for (const size of [1, 100, 1e6]) {
        expect(await read(bytes, { size })).toEqual({
          log: merged,
          contents: { files: 2, logs: 2, ignored: 0, ignored_names: [] },
          isSplit: true,
        });
      }
    }
  });

  it('gives the very log that the files by themselves give', async () => {
    const tar = readTestLog('torture_ff.tar');
    const { log, contents } = await read(tar);
    expect(contents).toEqual({ files: 11, logs: 11, ignored: 0, ignored_names: [] });
    expect(log.split('\n').length).toBe(458 + 1);
    expect((await read(tar, { size: 70 })).log).toBe(log);
  });

  it('leaves out what is no log, and names it', async () => {
    const members: Members = [
      ['run/', ''],
      ['run/README', 'how this was made\n'],
      ['./run/._t.7', Buffer.from([0, 5, 22, 7, 0, 2, 0, 0])],
      ['run/app', Buffer.from([0x7f, 0x45, 0x4c, 0x46, ...Array(3000).fill(0)])],
      ...run.map(([name, text]): Members[0] => [`./run/${name}`, text]),
      ['run/t.9', ''],
      ['run/old.zip', Buffer.from([0x50, 0x4b, 3, 4, ...Array(600).fill(1)])],
      ['run/inner.tar', await makeTar(run)],
      ['run/\u0007x', '?\n'],
    ];
    expect(await read(await makeTar(members))).toMatchObject({
      log: merged,
      contents: {
        files: 9,
        logs: 2,
        ignored: 6,
        ignored_names: [
          'run/README',
          'run/._t.7',
          'run/app',
          'run/old.zip',
          'run/inner.tar',
          'run/?x',
        ],
      },
    });
  });

  it('streams a log that is alone, under any name', async () => {
    const log = '7 close(3) = 0\n'.repeat(50_000);
    for (const name of ['build.log', 'a b/ü…/no suffix', `${'long/'.repeat(60)}x.log`]) {
      const tar = await makeTar([
        ['notes.txt', 'x\n'],
        [name, log],
        ['end.txt', 'y\n'],
      ]);
      const found = await read(tar, { size: 5000, spoolLimit: 0 });
      expect(found.log).toBe(log);
      expect(found).toMatchObject({ isSplit: false, contents: { files: 3, logs: 1, ignored: 2 } });
    }
  });

  it('reads members that are compressed', async () => {
    const members = run.map(([name, text]): Members[0] => [`${name}.gz`, gzipSync(text)]);
    expect((await read(await makeTar(members))).log).toBe(merged);
  });

  it('takes the later of two members of one name, as unpacking does', async () => {
    const tar = await makeTar([['t.8', '10:00:09 close(9) = 0\n'], ...run]);
    expect(await read(tar)).toMatchObject({ log: merged, contents: { files: 3, logs: 2 } });
  });

  it('reads members of many megabytes, a part at a time', async () => {
    const text = (pid: number) =>
      Array.from({ length: 30_000 }, (_, i) => {
        const time = `${1_795_392_000 + i}.${pid}00000`;
        return `${time} read(3, "${'abc'.repeat(i % 9)}", 4096) = ${i}\n`;
      }).join('');
    const { log } = await read(await makeTar([1, 2, 3].map((pid) => [`t.${pid}`, text(pid)])), {
      size: 65_536,
    });
    const chunks: Uint8Array[] = [];
    const logs = [1, 2, 3].map((pid) => ({
      pid,
      async *open() {
        yield Buffer.from(text(pid));
      },
    }));
    for await (const chunk of mergeSplitLogs(logs)) chunks.push(chunk);
    expect(log).toBe(Buffer.concat(chunks).toString());
  });

  it('refuses two logs, for they are two sessions', async () => {
    const pairs: Members[] = [
      [...run, ['u.7', 'close(3) = 0\n']],
      [...run, ['b.log', 'close(3) = 0\n']],
      [['b.log', 'close(3) = 0\n'], ...run],
      [
        ['a.log', 'close(3) = 0\n'],
        ['b.log', 'close(3) = 0\n'],
      ],
    ];
    for (const members of pairs) {
      expect((await refusal(await makeTar(members))).title).toBe('several logs in one archive');
    }
  });

  it('refuses an archive without a log', async () => {
    const error = await refusal(await makeTar([['a.c', 'int main() {}\n']]));
    expect(error.title).toBe('not an strace log');
    expect(error.detail).toContain('a.c');
  });

  it('refuses an archive cut off anywhere in a member, and bytes that are no header', async () => {
    const tar = await makeTar(run);
    for (const length of [513, 530, 1024 + 100, 1536 + 20]) {
      expect((await refusal(tar.subarray(0, length))).title).toBe('damaged archive');
    }
    const broken = Buffer.from(tar);
    broken.fill('x', 1024, 1536);
    expect((await refusal(broken)).title).toBe('damaged archive');
    const short = gzipSync(tar);
    const cut = await refusal(short.subarray(0, short.length - 20));
    expect(cut.title).toBe('damaged compression');
  });

  it('refuses a run that needs more disk than there is', async () => {
    const noise = Array.from({ length: 4000 }, (_, i) => `10:00:00 close(${i * 7919}) = 0\n`);
    const error = await refusal(await makeTar([['t.1', noise.join('')]]), { spoolLimit: 1000 });
    expect(error.title).toBe('archive too large to merge');
  });

  it('reads or refuses whatever is left of an archive that was damaged', async () => {
    const tar = await makeTar([
      ...run,
      ['notes.txt', 'x\n'],
      [`${'long/'.repeat(60)}t.9`, run[0][1]],
    ]);
    const damage = fc.record({
      at: fc.nat(tar.length - 1),
      length: fc.constantFrom(1, 8, 512, 1024),
      byte: fc.option(fc.nat(255), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(damage, { maxLength: 4 }),
        fc.integer({ min: 1, max: 2000 }),
        async (all, size) => {
          let bytes = tar;
          for (const { at, length, byte } of all) {
            const end = Math.min(at + length, bytes.length);
            if (byte === undefined)
              bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
            else bytes = Buffer.from(bytes).fill(byte, Math.min(at, end), end);
          }
          const outcome = await read(bytes, { size }).catch((error) => error);
          const isRead = typeof outcome.log === 'string';
          expect(
            isRead || outcome instanceof LogRefusedError ? undefined : outcome,
          ).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('passes errors of the source through, and stops when its reader does', async () => {
    const tar = await makeTar(run);
    let isClosed = false;
    async function* failing() {
      try {
        yield tar.subarray(0, 700);
        throw new Error('connection lost');
      } finally {
        isClosed = true;
      }
    }
    const reading = (async () => {
      for await (const _ of new TarReader().read(failing()));
    })();
    await expect(reading).rejects.toThrow('connection lost');
    expect(isClosed).toBe(true);

    isClosed = false;
    const log = await makeTar([['a.log', '7 close(3) = 0\n'.repeat(10_000)]]);
    async function* endless() {
      try {
        for (let at = 0; at < log.length; at += 4096) yield log.subarray(at, at + 4096);
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of new TarReader().read(endless())) break;
    expect(isClosed).toBe(true);
  });
});
