import { run } from './run.ts';
import { Terminal } from './terminal.ts';

const { stdin, stdout, stderr, env } = process;

// A reader that has seen enough (| head) is no error.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await run(process.argv.slice(2), new Terminal({ stdin, stdout, stderr, env }));
