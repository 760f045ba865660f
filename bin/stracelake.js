#!/usr/bin/env node
// Plain JavaScript: it must run on any Node from 20 on, and finds one that runs the rest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = 24;

// Compiled code kept from run to run halves the time to start.
const cache = process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), 'stracelake-compile-cache');

if (Number(process.versions.node.split('.')[0]) >= WANTED) {
  module.enableCompileCache(cache);
  await import('../cli/main.ts');
} else runOn(findNode());

/** Path of the Node that npm installed beside this package, if it did. */
function findNode() {
  try {
    const require = createRequire(import.meta.url);
    if (Number(require('node/package.json').version.split('.')[0]) < WANTED) return undefined;
    const home = dirname(require.resolve('node/package.json'));
    const node = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

function runOn(node) {
  if (!node) {
    console.error(
      `stracelake needs Node ${WANTED}, this is ${process.version}: ` +
        'run npm install in its folder (that brings one along), or install a newer Node.',
    );
    process.exit(1);
  }
  // This file again, not an environment that says where compiled code is: commands that are recorded
  // would inherit that, and do what they do not do by themselves.
  const self = fileURLToPath(import.meta.url);
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the child by itself.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`stracelake could not start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
