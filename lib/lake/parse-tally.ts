import { Census, LINE_KINDS } from '../strace/census.ts';
import { RecordingTraits } from '../strace/recording-traits.ts';
import {
  compareSummary,
  hiddenCalls,
  SummaryTable,
  type SyscallCount,
} from '../strace/summary-table.ts';
import type { ParsedChunk } from './chunk-parser.ts';
import type { ParseSummary, StraceTable } from './manifest.ts';
import { missingFacts, recordingOptions } from './recording-options.ts';

/** Adds up what the chunks of a log say of themselves. */
export class ParseTally {
  #lines = 0;
  #logBytes = 0;
  #rows = 0;
  #calls = 0;
  #errors = 0;
  #hasFdPaths = false;
  #census = new Census();
  #traits = new RecordingTraits();
  #syscalls = new Map<string, SyscallCount>();
  #summaryLines: string[] = [];

  /** Adds the next chunk. */
  add(chunk: ParsedChunk): void {
    this.#lines += chunk.lines;
    this.#logBytes += chunk.logBytes;
    this.#rows += chunk.group?.rows ?? 0;
    for (const { calls, error } of chunk.calls) {
      this.#calls += calls;
      if (error !== null) this.#errors += calls;
    }
    this.#hasFdPaths ||= chunk.hasFdPaths;
    this.#census.merge(chunk.counts, chunk.unparsed);
    this.#traits.merge(chunk.traits);
    this.#summaryLines.push(...chunk.summaryLines);
    for (const { syscall, calls, errors } of chunk.syscalls) {
      const known = this.#syscalls.get(syscall);
      this.#syscalls.set(syscall, {
        syscall,
        calls: calls + (known?.calls ?? 0),
        errors: errors + (known?.errors ?? 0),
      });
    }
  }

  /** What the manifest tells of the whole log. */
  summarize(): ParseSummary {
    const { counts, unparsed } = this.#census;
    const options = recordingOptions(this.#traits, this.#hasFdPaths);
    const { rows } = new SummaryTable(this.#summaryLines);
    const kinds = LINE_KINDS.filter((kind) => counts[kind] > 0);
    return {
      lines: this.#lines,
      log_bytes: this.#logBytes,
      rows: this.#rows,
      calls: this.#calls,
      errors: this.#errors,
      lines_by_kind: Object.fromEntries(kinds.map((kind) => [kind, counts[kind]])),
      unparsed,
      start_time: isoTime(this.#traits.first),
      end_time: isoTime(this.#traits.last),
      options,
      missing: missingFacts(
        options,
        this.#syscalls.has('execve') || this.#syscalls.has('execveat'),
        hiddenCalls(rows, this.#syscalls),
      ),
      strace_table: this.#compare(rows),
    };
  }

  #compare(rows: StraceTable['rows']): StraceTable | null {
    if (rows.length === 0) return null;
    return { rows, differences: compareSummary(rows, this.#syscalls) };
  }
}

/** ISO 8601 in UTC with nine digits of the second, or null for an unknown time. */
function isoTime(time: { seconds: number; nanos: number }): string | null {
  if (time.seconds < 0) return null;
  const whole = new Date(time.seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(time.nanos).padStart(9, '0')}Z`;
}
