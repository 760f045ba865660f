import type { Command } from 'commander';
import { loadReports } from '../lib/reports/catalogue.ts';
import { environment, exitCodes } from './help-text.ts';
import { wrapText } from './text-width.ts';

const LINE = 72;

type Entry = readonly [name: string, text: string];

/** The manual page of the program (roff, man macros) as of a date, made from its commands and reports. */
export function renderManPage(program: Command, date: Date): string {
  const name = program.name();
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((each) => each.name() !== 'help');
  const lines = [
    `.TH ${name.toUpperCase()} 1 ${date.toISOString().slice(0, 10)} "${name} ${program.version()}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${roff(program.description().replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...commands.flatMap((command, i) => [
      ...(i === 0 ? [] : ['.br']),
      `.B ${name} ${command.name()}`,
      roff(usageOf(command)),
    ]),
    '.SH DESCRIPTION',
    ...prose(DESCRIPTION),
    '.SH COMMANDS',
    ...commands.flatMap((command) => [command, ...command.commands]).flatMap(describeCommand),
    '.SH REPORTS',
    ...prose('stracelake reports NAME tells what a report takes and which columns it has.'),
    ...listEntries(loadReports().map(({ name, title }): Entry => [name, `${title}.`])),
    '.SH EXIT STATUS',
    ...listEntries(exitCodes),
    '.SH ENVIRONMENT',
    ...listEntries(environment),
    '.SH SEE ALSO',
    '.BR strace (1),',
    'docs/cli.md and docs/sql.md of the project',
  ];
  return `${lines.join('\n')}\n`;
}

const DESCRIPTION =
  'A log on disk can be asked without any service; what is uploaded to one (stracelake serve, or a ' +
  'deployment in AWS) is a session, and can be asked by its name. Answers go to stdout, all else to ' +
  'stderr. On a terminal, tables are cut to its width; into a pipe or file nothing is cut.';

function describeCommand(command: Command): string[] {
  const help = command.createHelp();
  const args = help
    .visibleArguments(command)
    .map((each): Entry => [help.argumentTerm(each), help.argumentDescription(each)]);
  const options = help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((each): Entry => [help.optionTerm(each), help.optionDescription(each)]);
  return [
    `.SS ${nameOf(command)}`,
    ...prose(sentence(command.description())),
    ...listEntries([...args, ...options]),
    ...listExamples(command),
  ];
}

function listEntries(entries: readonly Entry[]): string[] {
  return entries.flatMap(([name, text]) => [
    '.TP',
    `\\fB${roff(name)}\\fR`,
    ...prose(sentence(text)),
  ]);
}

/** The examples stand at the end of the command's help. */
function listExamples(command: Command): string[] {
  const parts: string[] = [];
  const { writeOut } = command.configureOutput();
  command.configureOutput({ writeOut: (part) => void parts.push(part) });
  command.outputHelp();
  command.configureOutput({ writeOut });
  const [, examples] = parts.join('').split('\nExamples:\n');
  if (examples === undefined) return [];
  const lines = examples.trimEnd().split('\n');
  return [
    '.PP',
    'Examples:',
    '.PP',
    '.nf',
    '.RS 4',
    ...lines.map((line) => roff(line.trim())),
    '.RE',
    '.fi',
  ];
}

/** Name after those of the commands it belongs to. */
function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

function usageOf(command: Command): string {
  return command.usage().trim();
}

/** Text in lines that are not too long for who reads the source. */
function prose(text: string): string[] {
  return wrapText(text, LINE).split('\n').map(roff);
}

/** Plain text that roff takes as it stands. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('`', '\\(ga')
    .replaceAll("'", '\\(aq')
    .replace(/^\./, '\\&.');
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.)]$/.test(start) ? start : `${start}.`;
}
