#!/usr/bin/env bash
# A build that is up to date and wrong: which files does it read that the Makefile does not name?
source "$(dirname "$0")/show.sh"

cat >main.c <<'MAIN'
#include <stdio.h>
#include "app.h"
#include "version.h"

/* The words go into the program as they are: no preprocessor ever sees that file. */
__asm__(".section .rodata\n"
        ".global words\n"
        "words: .incbin \"words.txt\"\n"
        ".byte 0\n"
        ".text\n");
extern const char words[];

int main(void) {
  printf("%s %s: %s", NAME, VERSION, words);
  return 0;
}
MAIN
echo '#define NAME "app"' >app.h
echo '#define VERSION "1.0"' >version.h
echo 'first words' >words.txt
cat >Makefile <<'MAKEFILE'
app: main.o
	gcc -o app main.o
main.o: main.c app.h
	gcc -c -o main.o main.c
MAKEFILE

show 'stracelake record --out build.log -- make'
show './app'
show "echo '#define VERSION \"2.0\"' >version.h; echo 'other words' >words.txt; make; ./app"
show 'stracelake tree build.log | cut -c 1-100'
show 'stracelake report build.log build_io --where path~$PWD --columns role,path'
show 'stracelake report build.log build_io --where role=input --where path~$PWD --columns path --format tsv |
  xargs -n 1 basename | sort >read.txt'
show "sed -n 's/^[^\t:]*: //p' Makefile | tr ' ' '\n' | sort >declared.txt"
show 'comm -23 read.txt declared.txt'
show 'gcc -MM main.c'
