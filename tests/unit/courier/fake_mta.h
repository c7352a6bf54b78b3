#ifndef MM_TESTS_UNIT_COURIER_FAKE_MTA_H
#define MM_TESTS_UNIT_COURIER_FAKE_MTA_H

/*
 * A mail server for tests: the test program itself, started as
 *
 *	PROGRAM --fake-mta TRANSCRIPT STEP ACTION
 *
 * It writes all it receives to TRANSCRIPT. At STEP (greet, ehlo, mail, rcpt,
 * data, dot, quit; rcpt2: at the second RCPT alone) it does ACTION: a reply
 * such as "451 later" ("|" between several lines), "hang" (no reply until its
 * input ends), "stuck" (no reply at all), "close". Any other STEP: all goes
 * well.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fake_mta {
	FILE *log;
	const char *step;
	const char *action;
};

static inline void fake_say(const char *reply)
{
	const char *bar;

	while ((bar = strchr(reply, '|')) != NULL) {
		printf("%.*s\r\n", (int)(bar - reply), reply);
		reply = bar + 1;
	}
	printf("%s\r\n", reply);
	fflush(stdout);
}

static inline void fake_reply(const struct fake_mta *fake, const char *step,
			      const char *usual)
{
	int c;

	if (strcmp(step, fake->step) != 0) {
		fake_say(usual);
		return;
	}
	if (strcmp(fake->action, "close") == 0) {
		fprintf(stderr, "fake server is unwell\n");
		exit(1);
	}
	while (strcmp(fake->action, "stuck") == 0)
		(void)pause();
	if (strcmp(fake->action, "hang") == 0) {
		while ((c = getchar()) != EOF)
			fputc(c, fake->log);
		exit(1);
	}
	fake_say(fake->action);
}

/* One line of input into the transcript. */
static inline bool fake_line(const struct fake_mta *fake, char *line,
			     size_t size)
{
	if (fgets(line, (int)size, stdin) == NULL)
		return false;
	fputs(line, fake->log);
	fflush(fake->log);
	return true;
}

static inline void fake_data(const struct fake_mta *fake)
{
	static char line[70000];

	while (fake_line(fake, line, sizeof(line)))
		if (strcmp(line, ".\r\n") == 0) {
			fake_reply(fake, "dot", "250 OK id=1fake");
			return;
		}
	exit(1);
}

static inline int fake_main(char **argv)
{
	struct fake_mta fake = { fopen(argv[2], "w"), argv[3], argv[4] };
	unsigned int rcpts = 0;
	char line[4096];

	if (fake.log == NULL)
		return 1;
	fake_reply(&fake, "greet", "220-fake|220 ESMTP");
	while (fake_line(&fake, line, sizeof(line))) {
		if (strncmp(line, "EHLO ", 5) == 0) {
			fake_reply(&fake, "ehlo",
				   "250-fake|250-8BITMIME|250-DSN|250 HELP");
		} else if (strncmp(line, "MAIL FROM:<", 11) == 0) {
			fake_reply(&fake, "mail", "250 OK");
		} else if (strncmp(line, "RCPT TO:<", 9) == 0) {
			fake_reply(&fake, ++rcpts == 2 &&
					  strcmp(fake.step, "rcpt2") == 0
					  ? "rcpt2"
					  : "rcpt",
				   "250 Accepted");
		} else if (strcmp(line, "DATA\r\n") == 0) {
			fake_reply(&fake, "data", "354 go on");
			if (strcmp(fake.step, "data") != 0)
				fake_data(&fake);
		} else if (strcmp(line, "QUIT\r\n") == 0) {
			fake_reply(&fake, "quit", "221 bye");
			return 0;
		} else {
			fake_say("500 what?");
		}
	}
	return 0;
}

/* In main(): become the server when started as one. */
#define FAKE_MTA_MAIN(argc, argv) \
	if ((argc) == 5 && strcmp((argv)[1], "--fake-mta") == 0) \
	return fake_main(argv)

/* The command that starts it. Valid until the next call. */
static char fake_self[4096], fake_log[128], fake_step[32], fake_action[256];
static char fake_flag[] = "--fake-mta";
static char *fake_argv[] = { fake_self, fake_flag, fake_log, fake_step,
			     fake_action };

static inline void fake_command(const char *log, const char *step,
				const char *action)
{
	ssize_t n =
		readlink("/proc/self/exe", fake_self, sizeof(fake_self) - 1);

	if (n < 0)
		abort();
	fake_self[n] = '\0';
	(void)snprintf(fake_log, sizeof(fake_log), "%s", log);
	(void)snprintf(fake_step, sizeof(fake_step), "%s", step);
	(void)snprintf(fake_action, sizeof(fake_action), "%s", action);
}

#endif
