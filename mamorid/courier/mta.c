/*
 * Running the mail server's program. Courier, uid mamori-courier. No shell, no
 * inherited descriptors, environment or signal settings. no_new_privs must
 * never be set here: Exim is setuid and would fail.
 */
#include "mamorid/courier/mta.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"

#define ERRORS_SHOWN 200u
/* Above what the child's three standard descriptors are moved to. */
#define HIGH_FD 10
#define LOOK_MS 10

static void reset_signals(void)
{
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(int in, int out, int errors, char *const *argv)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char language[] = "LC_ALL=C";
	char *const environment[] = { path, language, NULL };
	const char *reason;

	reset_signals();
	in = fcntl(in, F_DUPFD, HIGH_FD);
	out = fcntl(out, F_DUPFD, HIGH_FD);
	errors = fcntl(errors, F_DUPFD, HIGH_FD);
	if (chdir("/") < 0 || dup2(in, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0 ||
	    close_range(3, ~0u, 0) < 0)
		_exit(127);
	(void)execve(argv[0], argv, environment);
	reason = strerror(errno);
	if (write(STDERR_FILENO, reason, strlen(reason)) < 0)
		_exit(126);
	_exit(127);
}

/* The command as execve() wants it; the texts stay the configuration's. */
static char **make_argv(const struct mm_conf_list *command)
{
	char **argv = calloc(command->count + 1, sizeof(*argv));
	size_t i;

	for (i = 0; argv != NULL && i < command->count; i++)
		argv[i] = command->items[i];
	return argv;
}

int mm_mta_start(struct mm_mta *mta, const struct mm_conf_list *command)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	char **argv = NULL;
	int r = MM_ERR_SYS;

	*mta = (struct mm_mta){ .pid = -1, .to = -1, .from = -1, .errors = -1 };
	if (command->count == 0)
		return MM_ERR_INVALID;
	if ((argv = make_argv(command)) == NULL)
		return MM_ERR_NOMEM;
	mta->errors = memfd_create("mta-errors", MFD_CLOEXEC);
	if (mta->errors < 0 || pipe2(in, O_CLOEXEC) < 0 ||
	    pipe2(out, O_CLOEXEC) < 0 ||
	    fcntl(in[1], F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(out[0], F_SETFL, O_NONBLOCK) < 0 || (mta->pid = fork()) < 0)
		goto out;
	if (mta->pid == 0)
		run_child(in[0], out[1], mta->errors, argv);
	mta->to = in[1];
	mta->from = out[0];
	in[1] = out[0] = -1;
	r = 0;
out:
	mm_close(&in[0]);
	mm_close(&in[1]);
	mm_close(&out[0]);
	mm_close(&out[1]);
	free(argv);
	return r;
}

/* Where the kernel has no pidfd, or a filter in front of it: look often. */
static int poll_end(pid_t pid, mm_deadline deadline)
{
	siginfo_t info = { .si_pid = 0 };

	while (waitid(P_PID, (id_t)pid, &info,
		      WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == 0) {
		if (mm_deadline_left(deadline) == 0)
			return MM_ERR_TIMEOUT;
		(void)poll(NULL, 0, LOOK_MS);
	}
	return 0;
}

/* Wait until a child has ended; it stays to be reaped. */
static int wait_end(pid_t pid, mm_deadline deadline)
{
	int pidfd = pidfd_open(pid, 0);
	int r = pidfd < 0 ? poll_end(pid, deadline)
			  : mm_wait_fd(pidfd, POLLIN, deadline);

	mm_close(&pidfd);
	return r;
}

void mm_mta_stop(struct mm_mta *mta, mm_deadline deadline)
{
	mm_close(&mta->to);
	mm_close(&mta->from);
	mm_close(&mta->errors);
	if (mta->pid > 0) {
		if (wait_end(mta->pid, deadline) < 0) {
			(void)kill(mta->pid, SIGKILL);
			/* It ends soon, but must not be waited for long. */
			if (wait_end(mta->pid, mm_deadline_in(1000)) < 0)
				errno = 0;
		}
		mta->pid = -1;
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

int mm_mta_errors(const struct mm_mta *mta, struct mm_buf *out)
{
	char text[ERRORS_SHOWN];
	ssize_t n = -1;

	if (mta->errors >= 0)
		n = pread(mta->errors, text, sizeof(text), 0);
	return n <= 0 ? 0 : mm_buf_put(out, text, (size_t)n);
}
