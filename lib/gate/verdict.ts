import type { Level, Scope } from './budget-schema.ts';

/** What a gate says of some runs. */
export interface Verdict {
  version: 1;
  result: 'passed' | 'warned' | 'failed';
  /** Runs that were judged: log files or sessions. */
  runs: string[];
  /** Runs that they were compared with; null without a baseline. */
  baseline: string[] | null;
  /** One for each assertion, failed ones first, then warnings. */
  findings: Finding[];
}

/** What came of one assertion. */
export interface Finding {
  /** Name of the assertion, such as new_programs. */
  assertion: string;
  level: Exclude<Level, 'off'>;
  /** unmeasured: there is no baseline, or the log does not tell. */
  status: 'passed' | 'warned' | 'failed' | 'unmeasured';
  scope?: Scope;
  /** The value judged; null when unmeasured. */
  value: number | null;
  /** Highest value of the baseline runs; null without. */
  base: number | null;
  /** Most (or least, when `min` is broken) that is allowed; null when there is no limit. */
  limit: number | null;
  unit?: 'ms' | 'bytes';
  /** What is so, in a sentence. */
  reason: string;
  /** What does not hold, or what made a number grow, the most important first. */
  items: FindingItem[];
}

/** One thing that a program did. */
export interface FindingItem {
  subject: string;
  program: string;
  /** How often, in the run that has it most. */
  count: number;
  /** How often in the baseline run that has it most. */
  base: number;
  /** In how many of the runs judged. */
  runs: number;
  evidence: Evidence | null;
}

/** Where to look. */
export interface Evidence {
  /** The log or session. */
  source: string | null;
  line: number | null;
  process: number | null;
  /** Commands that led to it, outermost first. */
  commands: string[];
  /** The call as printed, cut. */
  call: string | null;
  /** Address or command that shows it. */
  look: string | null;
}
