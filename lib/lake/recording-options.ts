import type { RecordingTraits } from '../strace/recording-traits.ts';
import type { RecordingOptions } from './manifest.ts';

/** The options a log was recorded with, as far as its lines show. */
export function recordingOptions(traits: RecordingTraits, hasFdPaths: boolean): RecordingOptions {
  const pids = traits.hasBracketedPids ? 'bracket' : traits.hasPidColumn ? 'column' : 'none';
  let clock: RecordingOptions['clock'] = 'none';
  if (traits.hasEpoch) clock = 'epoch';
  else if (traits.hasTimeOfDay) clock = 'time-of-day';
  else if (traits.hasRelative) clock = 'relative';
  return {
    pids,
    clock,
    clock_digits: traits.clockDigits,
    durations: traits.hasDurations,
    fd_paths: hasFdPaths,
    comms: traits.hasComms,
    cut_strings: traits.cutStrings,
  };
}

/**
 * What a recording leaves out, a sentence each, with the strace option that would tell; `hasPrograms`: the log
 * shows a program being executed; `hidden`: the calls that -z or -Z kept out.
 */
export function missingFacts(
  options: RecordingOptions,
  hasPrograms: boolean,
  hidden?: 'failed' | 'successful',
): string[] {
  const facts: [boolean, string][] = [
    [
      options.pids === 'none',
      'No process ids: children cannot be told apart; record with -f -o FILE.',
    ],
    [
      options.pids === 'bracket',
      'Captured from stderr: what programs wrote there may stand within lines; record with -f -o FILE.',
    ],
    [
      !hasPrograms,
      'No execve: programs are unknown; start the command under strace, and let -e trace= include %process.',
    ],
    [
      hidden !== undefined,
      `No ${hidden} calls, though strace counted them: record without -z, -Z and -e status=.`,
    ],
    [options.clock === 'none', 'No times: record with -ttt.'],
    [options.clock === 'relative', 'Times count from the first line (-r): record with -ttt.'],
    [options.clock === 'time-of-day', 'Times carry no date: record with -ttt, or give the date.'],
    [
      options.clock !== 'none' && options.clock_digits === 0,
      'Times in whole seconds: record with -ttt.',
    ],
    [!options.durations, 'No durations: record with -T.'],
    [
      !options.fd_paths,
      'No paths on descriptors: they are followed from call to call; record with -y or -yy.',
    ],
    [
      options.cut_strings > 0,
      `${options.cut_strings} strings are cut short: record with a larger -s, such as -s 2048.`,
    ],
  ];
  return facts.filter(([isMissing]) => isMissing).map(([, sentence]) => sentence);
}
