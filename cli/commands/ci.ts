import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import {
  collect,
  examples,
  jsonOption,
  LOG_HELP,
  logOptions,
  parseCount,
  serviceOptions,
} from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `stracelake ci`, with `init` and `accept` */
export function addCi(program: Command, terminal: Terminal): void {
  const ci = program
    .command('ci')
    .enablePositionalOptions()
    .description(
      'judge what a program did by a budget and a baseline: exit 0 fine, 1 not, 2 cannot',
    );
  runOptions(ci)
    .addOption(
      new Option('--format <format>', 'what to print')
        .choices(['text', 'markdown', 'json'])
        .default('text'),
    )
    .addOption(jsonOption().implies({ format: 'json' }))
    .addHelpText(
      'after',
      examples(
        'stracelake ci init -- npm test       (once: writes budget and baseline, commit both)',
        'stracelake ci -- npm test            (in the pipeline)',
        'stracelake ci --runs 3 -- make',
        'stracelake ci --log app.log',
        'stracelake ci --url https://traces.example.com --name unit -- npm test',
        'stracelake ci accept                 (what the last run did is known from now on)',
        'stracelake ci accept --url https://traces.example.com --name unit',
      ),
    )
    .action(async (command, options) => (await import('../ci.ts')).ci(command, options, terminal));
  runOptions(ci.command('init'))
    .description('write a first budget and baseline from runs that behave')
    .option('--force', 'write over what is there')
    .action(async (command, options, self) => {
      refuseOptionsBefore(self);
      await (await import('../ci.ts')).ciInit(command, options, terminal);
    });
  runOptions(ci.command('accept'))
    .description('add runs to the baseline: those of the last stracelake ci, or others')
    .option('--replace', 'forget what was known before')
    .action(async (command, options, self) => {
      refuseOptionsBefore(self);
      await (await import('../ci.ts')).ciAccept(command, options, terminal);
    });
}

/** What stands before `init` or `accept` would be an option of `ci`, which is not run: nobody means that. */
function refuseOptionsBefore(self: Command): void {
  const ci = self.parent!;
  const given = ci.options.find(
    (option) => ci.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given)
    throw new UsageError(
      `${given.long} belongs behind ${self.name()}: stracelake ci ${self.name()} ${given.flags}`,
    );
}

function runOptions(command: Command): Command {
  return serviceOptions(
    logOptions(
      command
        .argument('[command...]', 'behind --: command to run under strace, with its arguments')
        .option('--config <file>', 'budget', 'stracelake.budget.json')
        .option('--log <file>', `judge this log instead of running a command: ${LOG_HELP}`, collect)
        .option(
          '--runs <count>',
          'how often to run the command (default: of the budget, or 1)',
          parseCount,
        )
        .option(
          '--baseline <file>',
          'baseline (default: of the budget, or stracelake.baseline.json)',
        )
        .option('--work <folder>', 'folder that $WORK stands for (default: the current one)')
        .option('--out <folder>', 'folder for logs and results', 'stracelake-ci')
        .option('--session <name>', 'with a service: judge this session of it', collect)
        .option('--name <name>', 'with a service: name of the gate, whose runs are compared', 'ci')
        .option(
          '--label <name=value>',
          'with a service: label of the sessions (branch and commit are told by the CI system or git)',
          collect,
        )
        .option(
          '--timeout <seconds>',
          'with a service: wait at most so long for a log to be a session',
          parseCount,
          900,
        ),
    ),
    'service that keeps the sessions and their baseline; without, the baseline is a file',
  );
}
