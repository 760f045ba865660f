#!/usr/bin/env bash
# A service that takes a second and a half to start: where does the time go?
source "$(dirname "$0")/show.sh"

# The service: its settings are a module in one of forty folders, a list of words is read piece by
# piece, and a cache that nobody started is waited for.
mkdir -p plugins/{01..40}
echo 'module.exports = { port: 8080 };' >plugins/40/settings.js
seq 20000 >words.txt
cat >service.js <<'SERVICE'
const { openSync, readSync, closeSync } = require('node:fs');
const { createConnection } = require('node:net');

const settings = require('settings');

const words = [];
const fd = openSync('words.txt');
const piece = Buffer.alloc(16);
for (let size; (size = readSync(fd, piece)) > 0; ) words.push(piece.toString('latin1', 0, size));
closeSync(fd);

function connect(triesLeft) {
  const start = () => console.log(`ready on port ${settings.port}`);
  const cache = createConnection('run/cache.sock', start);
  cache.on('error', () => (triesLeft > 0 ? setTimeout(connect, 250, triesLeft - 1) : start()));
}
connect(4);
SERVICE
NODE_PATH=$(printf '%s:' plugins/*)
export NODE_PATH

show 'stracelake record --out start.log -- node service.js'
show 'stracelake report start.log overview --where topic=finding --columns name,value,unit,report'
show 'stracelake report start.log blocked_time --limit 3 --columns spent_on,calls,time_ms,share'
show 'stracelake search start.log --syscall connect'
show 'stracelake report start.log tiny_io --limit 1 --columns target,operation,calls,tiny_calls,tiny_us'
show 'stracelake report start.log wasted_lookups --where name~settings --columns name,found,misses,wasted_us'

# Mended: words in one piece, settings where they are, no waiting for a cache.
cat >mended.js <<'SERVICE'
const { readFileSync } = require('node:fs');

const settings = require('./plugins/40/settings.js');

const words = readFileSync('words.txt', 'latin1').split('\n');

console.log(`ready on port ${settings.port}`);
SERVICE
show 'stracelake record --out mended.log -- node mended.js'
for log in start mended; do
  show "stracelake report $log.log overview --where topic=duration --columns value,unit"
done
show 'stracelake diff start.log mended.log --report syscalls --limit 5'
