#!/usr/bin/env bash
# A collector that dies of "too many open files" after a while: which files does it forget to close?
source "$(dirname "$0")/show.sh"

# The collector: goes through an inbox again and again; on one way out it does not close.
mkdir inbox
for number in {01..30}; do
  if ((10#$number % 3 == 0)); then state=draft; else state=final; fi
  printf '%s\nreport %s\n' "$state" "$number" >"inbox/report-$number.txt"
done
cat >collector.js <<'COLLECTOR'
const { closeSync, openSync, readdirSync, readSync } = require('node:fs');

const head = Buffer.alloc(6);
let collected = 0;

function collect(file) {
  const fd = openSync(`inbox/${file}`);
  readSync(fd, head);
  if (head.toString().startsWith('draft')) return;
  collected++;
  closeSync(fd);
}

const rounds = Number(process.argv[2]);
for (let round = 0; round < rounds; round++) readdirSync('inbox').forEach(collect);
console.log(`collected ${collected}`);
COLLECTOR

show '(ulimit -n 100; node collector.js 50 2>&1 | grep Error:)'
show 'stracelake record --out collector.log -- node collector.js 20'
show 'stracelake report collector.log fd_leaks --limit 1 --columns fd_kind,target,open_at_half,open_at_end'
show 'stracelake sql "SELECT path, COUNT(*) FILTER (WHERE syscall = '"'openat'"') AS opened,
    COUNT(*) FILTER (WHERE syscall = '"'close'"') AS closed
  FROM calls WHERE path LIKE '"'%/inbox/%'"' GROUP BY path ORDER BY closed, path LIMIT 11" collector.log'
show 'head -n 1 inbox/report-03.txt inbox/report-04.txt'
show 'stracelake search collector.log --path report-03.txt --limit 3'

# Mended: closed whatever the state.
sed -i 's/  if (head/  closeSync(fd);\n&/; /collected++/{n;d}' collector.js
show 'stracelake record --out mended.log -- node collector.js 20'
show 'stracelake report mended.log fd_leaks --where target~inbox'
