// Counts lines in a child process and writes a report.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static long count_lines(const char *name) {
  char block[1024];
  long lines = 0;
  ssize_t size;
  int file = open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  while ((size = read(file, block, sizeof block)) > 0)
    for (ssize_t i = 0; i < size; i++) lines += block[i] == '\n';
  close(file);
  return lines;
}

static void read_config(void) {
  int file = open("/etc/demo-app.conf", O_RDONLY | O_CLOEXEC);
  if (file >= 0) close(file);
}

static long count_in_child(const char *name) {
  int channel[2];
  long lines = 0;
  if (pipe2(channel, O_CLOEXEC | O_NONBLOCK) < 0) exit(1);
  pid_t child = fork();
  if (child == 0) {
    lines = count_lines(name);
    write(channel[1], &lines, sizeof lines);
    _exit(0);
  }
  close(channel[1]);
  struct pollfd ready = {.fd = channel[0], .events = POLLIN};
  poll(&ready, 1, -1);
  read(channel[0], &lines, sizeof lines);
  close(channel[0]);
  waitpid(child, NULL, 0);
  return lines;
}

static void write_report(const char *name, long lines) {
  char text[64];
  int size = snprintf(text, sizeof text, "%ld lines\n", lines);
  int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) exit(1);
  write(file, text, size);
  close(file);
}

int main(int count, char **words) {
  if (count != 3) return 2;
  read_config();
  write_report(words[2], count_in_child(words[1]));
  return 0;
}
