import type { Fact, RunFacts } from '../../lib/gate/facts.ts';

/** A run whose facts are written `kind program subject count`, in the order of its log. */
export function runOf(...lines: string[]): RunFacts {
  const facts = lines.map((line, i): Fact => {
    const [kind, program, ...rest] = line.split(' ');
    const count = Number(rest.pop());
    const first = kind === 'total' ? undefined : { process: 7, line: i + 1, call: `call ${i + 1}` };
    return {
      kind: kind!,
      program: program === '-' ? '' : program!,
      subject: rest.join(' '),
      count,
      first,
    };
  });
  const processes = [
    { process: 1, parent: null, command: 'make all', firstLine: 1 },
    { process: 7, parent: 1, command: 'sh -c x', firstLine: 1 },
  ];
  return { facts, processes, source: 'run.log' };
}
