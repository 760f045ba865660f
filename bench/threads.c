// Threads that wait for each other and look at files: under strace most calls are interrupted by the
// lines of other threads, and come out as "<unfinished ...>" and "<... resumed>".
// threads PAIRS ROUNDS
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct pair {
	int there[2], back[2], rounds;
};

static void *ask(void *argument)
{
	struct pair *pair = argument;
	char byte = 'x';
	struct stat status;
	for (int i = 0; i < pair->rounds; i++) {
		if (write(pair->there[1], &byte, 1) < 0 || read(pair->back[0], &byte, 1) < 0)
			break;
		stat("/etc/hostname", &status);
	}
	return NULL;
}

static void *answer(void *argument)
{
	struct pair *pair = argument;
	char bytes[16];
	for (int i = 0; i < pair->rounds; i++) {
		if (read(pair->there[0], bytes, 1) < 0 || write(pair->back[1], bytes, 1) < 0)
			break;
		int file = open("/etc/passwd", O_RDONLY);
		if (read(file, bytes, sizeof bytes) < 0)
			break;
		close(file);
	}
	return NULL;
}

int main(int count, char **arguments)
{
	int pairs = count > 1 ? atoi(arguments[1]) : 4, rounds = count > 2 ? atoi(arguments[2]) : 100;
	struct pair *all = calloc(pairs, sizeof *all);
	pthread_t *threads = calloc(2 * pairs, sizeof *threads);
	for (int i = 0; i < pairs; i++) {
		all[i].rounds = rounds;
		if (pipe(all[i].there) < 0 || pipe(all[i].back) < 0)
			return 1;
		pthread_create(&threads[2 * i], NULL, ask, &all[i]);
		pthread_create(&threads[2 * i + 1], NULL, answer, &all[i]);
	}
	for (int i = 0; i < 2 * pairs; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
