/* Moves directories and descriptors about in every way that Linux has: what a log without -y must follow. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define D "/tmp/moves"
extern char **environ;
static char stack[1 << 18], b[64];
static int s;
static struct stat st;

static int in_shared_directory(void *a) { chdir(D "/sub"); close(open("made", O_CREAT | O_RDWR, 0644)); return 0; }
static int with_shared_files(void *a) { open("/etc/hostname", O_RDONLY); close(19); return 0; }
static int with_its_own(void *a) { chdir("/usr"); open("lib", O_RDONLY); close(5); return 0; }
static void run(int (*f)(void *), int flags) { waitpid(clone(f, stack + sizeof stack, flags | SIGCHLD, 0), &s, 0); }

static void *leaves_directory(void *a) {
  chdir("/tmp"); open("none-1", O_RDONLY);
  unshare(CLONE_FS); chdir("/usr"); open("none-2", O_RDONLY);
  return 0;
}
static void *leaves_files(void *a) { unshare(CLONE_FILES); close(3); open("/etc/group", O_RDONLY); return 0; }
static void *starts_thread(void *a) { pthread_t t; pthread_create(&t, 0, leaves_files, 0); pthread_join(t, 0); return 0; }
static void thread(void *(*f)(void *)) { pthread_t t; pthread_create(&t, 0, f, 0); pthread_join(t, 0); }

static void pass(int to, int fd) {
  char c[CMSG_SPACE(4)]; struct iovec v = {"x", 1};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = c, .msg_controllen = sizeof c};
  struct cmsghdr *h = CMSG_FIRSTHDR(&m);
  h->cmsg_level = SOL_SOCKET; h->cmsg_type = SCM_RIGHTS; h->cmsg_len = CMSG_LEN(4);
  memcpy(CMSG_DATA(h), &fd, 4);
  sendmsg(to, &m, 0);
}
static int take(int from, int flags) {
  char c[CMSG_SPACE(4)]; struct iovec v = {b, 1}; int fd;
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = c, .msg_controllen = sizeof c};
  recvmsg(from, &m, flags);
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), 4);
  return fd;
}

static void directories(void) {
  int usr = open("/usr", O_RDONLY | O_DIRECTORY), lib = openat(usr, "lib", O_RDONLY | O_DIRECTORY);
  fstatat(lib, "./python3", &st, 0);
  fchdir(lib); open("none-3", O_RDONLY); open("./none-4", O_RDONLY); stat(".", &st);
  close(usr); close(lib);
  chdir(D); getcwd(b, 64); open("../none-5", O_RDONLY); open("./../moves/./none-6", O_RDONLY);
  chdir("sub"); open("./none-7", O_RDONLY); chdir("none-8"); open("none-9", O_RDONLY); chdir(D);
  run(in_shared_directory, CLONE_FS); open("none-10", O_RDONLY); chdir(D);
  run(with_its_own, 0); open("none-11", O_RDONLY);
  thread(leaves_directory); open("none-12", O_RDONLY); chdir(D);
  if (fork() == 0) {
    chroot(D); open("/none-13", O_RDONLY); chdir("/sub"); open("none-14", O_RDONLY); chdir("/"); open("none-15", O_RDONLY);
    _exit(0);
  }
  wait(&s);
  if (fork() == 0) { unshare(CLONE_NEWNS); chdir("/etc"); open("passwd", O_RDONLY); _exit(0); }
  wait(&s); open("none-16", O_RDONLY);
}

static void descriptors(int p) {
  dup2(p, 10); dup3(p, 11, O_CLOEXEC); fcntl(p, F_DUPFD, 12); fcntl(p, F_DUPFD_CLOEXEC, 13);
  dup2(p, 14); fcntl(14, F_SETFD, FD_CLOEXEC); dup2(p, 15); ioctl(15, FIOCLEX); dup3(p, 16, O_CLOEXEC); ioctl(16, FIONCLEX);
  dup3(p, 17, O_CLOEXEC); dup2(17, 17);
  dup2(p, 19); run(with_shared_files, CLONE_FILES); read(19, b, 1); read(18, b, 1);
  for (int i = 20; i < 26; i++) dup2(p, i);
  syscall(SYS_close_range, 21, 22, 0); read(20, b, 1); read(21, b, 1); read(23, b, 1);
  syscall(SYS_close_range, 24, 25, CLOSE_RANGE_CLOEXEC); read(24, b, 1);
  thread(leaves_files); read(3, b, 1); thread(starts_thread); read(3, b, 1);
  int pair[2], pp[2], t = open(D, O_TMPFILE | O_RDWR, 0600); write(t, "x", 1); close(t);
  pipe2(pp, O_CLOEXEC); write(pp[1], "ab", 2); sprintf(b, "/proc/self/fd/%d", pp[0]);
  t = open(b, O_RDONLY); read(t, b, 1); close(t); close(pp[0]); close(pp[1]);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair); t = open("/etc/hosts", O_RDONLY); pass(pair[0], t); close(t);
  if (fork() == 0) { t = take(pair[1], 0); read(t, b, 1); pass(pair[1], t); _exit(0); }
  wait(&s); t = take(pair[0], MSG_CMSG_CLOEXEC); read(t, b, 1);
}

int main(int count, char **words) {
  if (count > 1) { for (int i = 10; i < 26; i++) read(i, b, 1); return 5; }
  mkdir(D, 0755); mkdir(D "/sub", 0755); chdir(D);
  write(open("file", O_CREAT | O_RDWR, 0644), "hello\n", 6);
  int p = open("/etc/passwd", O_RDONLY | O_CLOEXEC), kept = open("/etc/passwd", O_RDONLY);
  directories();
  descriptors(p);
  if (vfork() == 0) { dup2(p, 26); execl("/none", "none", (char *)0); execl("/bin/true", "true", (char *)0); _exit(9); }
  wait(&s); read(26, b, 1);
  posix_spawn_file_actions_t f; pid_t pid; char *echo[] = {"echo", "hi", 0};
  posix_spawn_file_actions_init(&f); posix_spawn_file_actions_addopen(&f, 1, "out", O_CREAT | O_WRONLY, 0644);
  posix_spawnp(&pid, "echo", &f, 0, echo, environ); wait(&s);
  if (fork() == 0) { int x = open("/tmp/moves.bin", O_RDONLY | O_CLOEXEC); char *again[] = {"moves", "again", 0}; fexecve(x, again, environ); _exit(1); }
  wait(&s);
  return 0;
}
