#!/bin/sh
set -e
mkdir -p build
gcc -O1 -o build/app src/app.c
