import { ascii, indexOfLiteral } from './ascii.ts';
import { noSink } from './call.ts';
import { Leader, scanLeader } from './leader.ts';
import { LineReader } from './line-reader.ts';
import { LogParser } from './log-parser.ts';
import { ParserState } from './parser-state.ts';

const BRACKETED = ascii('[pid ');
/** Bytes read at once: the pid is often told early. */
const STEP = 1 << 16;

/**
 * Pid of the thread whose lines have none at the beginning of a log captured from stderr, where strace
 * prints `[pid 15818]` only while it traces another one too; -1 when these first bytes do not tell.
 */
export function findUnnamedPid(bytes: Uint8Array): number {
  const leader = new Leader();
  scanLeader(bytes, 0, bytes.length, leader);
  if (leader.pid >= 0 || indexOfLiteral(bytes, 0, bytes.length, BRACKETED) < 0) return -1;
  const state = new ParserState({ midnight: 0, utcOffset: 0 });
  const parser = new LogParser(noSink, state);
  const reader = new LineReader((line, start, end) => {
    if (state.processes.unnamedPid < 0) parser.readLine(line, start, end);
  });
  for (let at = 0; at < bytes.length && state.processes.unnamedPid < 0; at += STEP) {
    reader.push(bytes.subarray(at, at + STEP));
  }
  return state.processes.unnamedPid;
}
