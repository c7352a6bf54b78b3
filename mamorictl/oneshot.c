/*
 * Scans without a daemon: runs mamorid's one-shot mode and reads its findings
 * from a pipe, so that mamorictl links no scanner. A mail that kills the
 * scanner costs its own answer only: the rest goes to a new one.
 */
#include "mamorictl/oneshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/proto.h"
#include "mamorictl/ctl.h"
#include "mamorictl/mailfile.h"
#include "mamorictl/verdict.h"

#define PROGRAM "mamorid"
#define FIXED_ARGS 7	/* program scan --config FILE --signatures DIR -- */

struct scanner {
	const struct mm_ctl *ctl;
	char program[4096];
	const char **names;	/* as given */
	char **files;		/* as opened: "-" is a memfd's path */
	int count;
	char **args;
	int next;		/* first file without an answer */
	int status;		/* the highest exit status so far */
};

static int raise_status(struct scanner *sc, int status)
{
	if (status > sc->status)
		sc->status = status;
	return sc->status;
}

/* mamorid beside this program, in ../sbin or in /usr/sbin. */
static int find_program(struct scanner *sc)
{
	static const char *const places[] = { "/" PROGRAM,
					      "/../sbin/" PROGRAM };
	char self[2048];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;
	size_t i;

	if (len > 0) {
		self[len] = '\0';
		slash = strrchr(self, '/');
		if (slash != NULL)
			*slash = '\0';
		for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
			(void)snprintf(sc->program, sizeof(sc->program),
				       "%s%s", self, places[i]);
			if (access(sc->program, X_OK) == 0)
				return 0;
		}
	}
	(void)snprintf(sc->program, sizeof(sc->program), "/usr/sbin/" PROGRAM);
	if (access(sc->program, X_OK) == 0)
		return 0;
	return mm_ctl_error("cannot find " PROGRAM);
}

static void fill_args(struct scanner *sc)
{
	char **arg = sc->args;
	int i;

	*arg++ = sc->program;
	*arg++ = (char *)(uintptr_t)"scan";
	if ((sc->ctl->given & MM_OPTION_CONFIG) != 0) {
		*arg++ = (char *)(uintptr_t)"--config";
		*arg++ = (char *)(uintptr_t)sc->ctl->conf_path;
	}
	*arg++ = (char *)(uintptr_t)"--signatures";
	*arg++ = (char *)(uintptr_t)sc->ctl->engine;
	*arg++ = (char *)(uintptr_t)"--";
	for (i = sc->next; i < sc->count; i++)
		*arg++ = sc->files[i];
	*arg = NULL;
}

/* Start the scanner on the files left. Its pid, or -1 after telling why; *fd_r
 * reads its answers. */
static pid_t start(struct scanner *sc, int *fd_r)
{
	int ends[2];
	pid_t pid;

	fill_args(sc);
	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0)
		goto fail;
	pid = fork();
	if (pid == 0) {
		if (dup2(ends[1], STDOUT_FILENO) >= 0)
			execv(sc->program, sc->args);
		_exit(127);
	}
	mm_close(&ends[1]);
	if (pid > 0) {
		*fd_r = ends[0];
		return pid;
	}
	mm_close(&ends[0]);
fail:
	(void)mm_ctl_error("cannot start " PROGRAM ": %s",
			   mm_err_text(MM_ERR_SYS));
	return -1;
}

/* Exactly len bytes appended to buf: 1, 0 at the end, or MM_ERR_*. */
static int read_exact(int fd, struct mm_buf *buf, size_t len)
{
	char chunk[16384];
	ssize_t n;
	int r;

	while (len > 0) {
		n = read(fd, chunk, len < sizeof(chunk) ? len : sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? MM_ERR_SYS : 0;
		if ((r = mm_buf_put(buf, chunk, (size_t)n)) < 0)
			return r;
		len -= (size_t)n;
	}
	return 1;
}

/* One answer: its length, then the findings. As read_exact(). */
static int read_answer(int fd, struct mm_buf *answer)
{
	const unsigned char *head;
	size_t len;
	int r;

	mm_buf_reset(answer);
	if ((r = read_exact(fd, answer, 4)) != 1)
		return r;
	head = (const unsigned char *)mm_buf_str(answer);
	len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
	      (size_t)head[2] << 8 | head[3];
	mm_buf_reset(answer);
	return len > MM_LIST_MAX ? MM_ERR_LIMIT : read_exact(fd, answer, len);
}

/* One run of the scanner. 0 when it ended by itself, 1 when it was killed. */
static int run(struct scanner *sc)
{
	struct mm_buf answer;
	const char *file;
	int fd, r = 1, how;
	pid_t pid = start(sc, &fd);

	if (pid < 0) {
		raise_status(sc, MM_EXIT_ERROR);
		return 0;
	}
	mm_buf_init(&answer, MM_LIST_MAX);
	while (sc->next < sc->count &&
	       (r = read_answer(fd, &answer)) == 1) {
		file = sc->names[sc->next++];
		if (answer.len == 0)
			raise_status(sc, mm_ctl_error("%s: cannot be read",
						      file));
		else
			raise_status(sc, mm_verdict_answer(sc->ctl->json, file,
							   answer.data,
							   answer.len));
	}
	mm_buf_clear(&answer);
	mm_close(&fd);
	while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
		;
	if (sc->next == sc->count)
		return 0;
	if (r == 0 && WIFSIGNALED(how))
		return 1;
	raise_status(sc, mm_ctl_error(PROGRAM " stopped with status %d before "
				      "%s was scanned",
				      WIFEXITED(how) ? WEXITSTATUS(how) : -1,
				      sc->names[sc->next]));
	return 0;
}

/* A descriptor's name for standard input, that the scanner inherits. */
static int name_stdin(const struct scanner *sc, char *name, size_t size)
{
	int fd = mm_mailfile_stdin(sc->ctl->conf.limits_message_size +
				   MM_HEADER_MAX);
	int passed;

	if (fd < 0)
		return fd;
	/* A duplicate is not closed on exec. */
	passed = dup(fd);
	mm_close(&fd);
	if (passed < 0)
		return MM_ERR_SYS;
	(void)snprintf(name, size, "/proc/self/fd/%d", passed);
	return 0;
}

/* The files to pass on: those that cannot be opened are told and dropped. */
static void name_files(struct scanner *sc, char *name, size_t size)
{
	const char *file;
	int i, r;

	for (i = 0; i < sc->ctl->count; i++) {
		file = sc->ctl->operands[i];
		r = strcmp(file, "-") == 0 ? name_stdin(sc, name, size)
					   : mm_mailfile_check(file);
		if (r < 0) {
			raise_status(sc, mm_ctl_error("%s: %s", file,
						      mm_mailfile_error(r)));
			continue;
		}
		sc->names[sc->count] = file;
		sc->files[sc->count++] = strcmp(file, "-") == 0
			? name : sc->ctl->operands[i];
	}
}

int mm_oneshot_scan(struct mm_ctl *ctl)
{
	struct scanner sc = { .ctl = ctl };
	char name[64];

	sc.names = calloc((size_t)ctl->count, sizeof(*sc.names));
	sc.files = calloc((size_t)ctl->count, sizeof(*sc.files));
	sc.args = calloc((size_t)ctl->count + FIXED_ARGS + 1,
			 sizeof(*sc.args));
	if (sc.names == NULL || sc.files == NULL || sc.args == NULL) {
		mm_ctl_must(MM_ERR_NOMEM);
	} else if (find_program(&sc) != 0) {
		sc.status = MM_EXIT_ERROR;
	} else {
		name_files(&sc, name, sizeof(name));
		while (sc.next < sc.count && run(&sc) == 1)
			raise_status(&sc, mm_verdict_not_checked(
						  ctl->json,
						  sc.names[sc.next++],
						  "scanner crashed"));
	}
	free(sc.names);
	free(sc.files);
	free(sc.args);
	return sc.status;
}
