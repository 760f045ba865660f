# Sourced by the investigations beside it: an empty folder to work in, and `show`, which prints a
# command before it runs it. Needs Node, strace, and this project after npm ci.
set -euo pipefail
export LC_ALL=C
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

stracelake() {
  node "$project/bin/stracelake.js" "$@"
}

show() { # command
  printf '\n$ %s\n' "$1"
  eval "$1" 2>&1 || printf '(exit code %s)\n' "$?"
}
