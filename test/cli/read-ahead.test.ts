import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAhead } from '../../cli/read-ahead.ts';

const MIB = 1 << 20;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stracelake-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([0, 1, MIB - 1, MIB, MIB + 1, 14 * MIB + 5])('reads a file of %i bytes', async (size) => {
  const bytes = randomBytes(size);
  const file = join(folder, `${size}`);
  writeFileSync(file, bytes);
  expect(Buffer.concat(await Array.fromAsync(readAhead(file))).equals(bytes)).toBe(true);
});

it('goes on when its reader lets go of the pieces', async () => {
  const file = join(folder, 'pieces');
  writeFileSync(file, Buffer.alloc(3 * MIB + 1, 'a'));
  const lengths: number[] = [];
  for await (const piece of readAhead(file)) {
    lengths.push(piece.length);
    (piece.buffer as ArrayBuffer).transfer(0);
  }
  expect(lengths).toEqual([MIB, MIB, MIB, 1]);
});

it('reads what is added to the file meanwhile', async () => {
  const file = join(folder, 'growing');
  writeFileSync(file, Buffer.alloc(20 * MIB, 'a'));
  let size = 0;
  for await (const piece of readAhead(file)) {
    if (size === 0) await appendFile(file, Buffer.alloc(MIB + 7, 'b'));
    size += piece.length;
  }
  expect(size).toBe(21 * MIB + 7);
});

it('reads a pipe as it comes', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const written = writeFile(pipe, 'read(3, "x", 1) = 1\n');
  expect(Buffer.concat(await Array.fromAsync(readAhead(pipe))).toString()).toBe(
    'read(3, "x", 1) = 1\n',
  );
  await written;
});

it('closes a file that is not read to its end, and says what cannot be opened', async () => {
  const file = join(folder, 'left');
  writeFileSync(file, Buffer.alloc(30 * MIB, 'a'));
  for await (const piece of readAhead(file)) {
    expect(piece.length).toBe(MIB);
    break;
  }
  expect(openFiles()).not.toContain(file);
  await expect(Array.fromAsync(readAhead(join(folder, 'nowhere')))).rejects.toThrow(/ENOENT/);
});

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
}
