#!/bin/sh
# What the pipeline runs: a dependency's install script, the build, the program.
set -e
cd "$(dirname "$0")"
node vendor/dep/install.js
sh build.sh
build/app data/input.txt build/report.txt
