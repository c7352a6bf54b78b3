/*
 * mamorictl: the operator's commands. Runs as whoever calls it, mostly root,
 * for one command; asks the daemon by its sockets and never touches its files.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "mamorictl/commands.h"
#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

#define ALWAYS (MM_OPTION_CONFIG | MM_OPTION_HELP)

int mm_ctl_error(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("mamorictl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return MM_EXIT_ERROR;
}

void mm_ctl_must(int r)
{
	if (r < 0)
		exit(mm_ctl_error("%s", mm_err_text(r)));
}

int mm_ctl_conf(struct mm_ctl *ctl)
{
	struct mm_buf error;
	int r;

	mm_buf_init(&error, MM_CONF_FILE_MAX);
	r = mm_conf_read(&ctl->conf, ctl->conf_path, &error);
	if (r == MM_ERR_NOTFOUND && (ctl->given & MM_OPTION_CONFIG) == 0)
		r = mm_conf_init(&ctl->conf);
	if (r < 0)
		(void)mm_ctl_error("%s", mm_buf_str(&error));
	mm_buf_clear(&error);
	return r < 0 ? MM_EXIT_ERROR : 0;
}

static void print_options(unsigned int mask)
{
	size_t i;

	for (i = 0; mm_ctl_options[i].name != NULL; i++)
		if ((mask & (unsigned int)mm_ctl_options[i].val) != 0)
			printf(" [--%s%s]", mm_ctl_options[i].name,
			       mm_ctl_options[i].has_arg ? " VALUE" : "");
}

static void print_command(const struct mm_command *command)
{
	printf("  mamorictl %s%s%s%s%s", command->group,
	       command->name == NULL ? "" : " ",
	       command->name == NULL ? "" : command->name,
	       *command->operands == '\0' ? "" : " ", command->operands);
	print_options(command->options);
	printf("\n      %s\n", command->help);
}

static int print_help(void)
{
	size_t i;

	puts("Usage: mamorictl [--config FILE] COMMAND [OPTION...]\n");
	for (i = 0; i < mm_command_count; i++)
		print_command(&mm_commands[i]);
	puts("\nThe exit status is 0 when all is well, for scan 1 when a mail "
	     "is infected and 2\nwhen one could not be checked, and 3 for "
	     "every error; see mamorictl(8).");
	return MM_EXIT_OK;
}

/* Where the value of an option goes, or NULL. */
static const char **value_of(struct mm_ctl *ctl, int option)
{
	switch (option) {
	case MM_OPTION_ENGINE:
		return &ctl->engine;
	case MM_OPTION_RECIPIENT:
		return &ctl->recipient;
	case MM_OPTION_SENDER:
		return &ctl->sender;
	case MM_OPTION_REASON:
		return &ctl->reason;
	case MM_OPTION_SINCE:
		return &ctl->since;
	case MM_OPTION_UNTIL:
		return &ctl->until;
	case MM_OPTION_LIMIT:
		return &ctl->limit;
	case MM_OPTION_DAY:
		return &ctl->day;
	case MM_OPTION_DOMAIN:
		return &ctl->domain;
	case MM_OPTION_ACCOUNT:
		return &ctl->account;
	case MM_OPTION_VERDICT:
		return &ctl->verdict;
	case MM_OPTION_FROM:
		return &ctl->from;
	case MM_OPTION_RCPT:
		return &ctl->rcpts[ctl->nrcpts++];
	case MM_OPTION_AUTH:
		return &ctl->auth;
	case MM_OPTION_LOCAL:
		return &ctl->local;
	case MM_OPTION_HOST:
		return &ctl->host;
	case MM_OPTION_CONFIG:
		return &ctl->conf_path;
	default:
		return NULL;
	}
}

/* All options, wherever they stand; the words are left in ctl->operands. */
static int read_options(struct mm_ctl *ctl, int argc, char **argv)
{
	const char **value;
	int c;

	opterr = 0;
	ctl->rcpts = calloc((size_t)argc + 1, sizeof(*ctl->rcpts));
	if (ctl->rcpts == NULL)
		mm_ctl_must(MM_ERR_NOMEM);
	while ((c = getopt_long(argc, argv, ":", mm_ctl_options, NULL)) != -1) {
		if (c == '?' || c == ':')
			return mm_ctl_error("%s %s; see mamorictl --help",
					    argv[optind - 1],
					    c == ':' ? "needs a value"
						     : "is no option");
		ctl->given |= (unsigned int)c;
		value = value_of(ctl, c);
		if (value != NULL)
			*value = optarg;
	}
	ctl->json = (ctl->given & MM_OPTION_JSON) != 0;
	ctl->operands = argv + optind;
	ctl->count = argc - optind;
	return 0;
}

/* The command that the first words name; they are taken off the operands. */
static const struct mm_command *find_command(struct mm_ctl *ctl)
{
	const struct mm_command *command;
	size_t i;
	int words;

	for (i = 0; i < mm_command_count; i++) {
		command = &mm_commands[i];
		words = command->name == NULL ? 1 : 2;
		if (ctl->count < words ||
		    strcmp(ctl->operands[0], command->group) != 0 ||
		    (words == 2 &&
		     strcmp(ctl->operands[1], command->name) != 0))
			continue;
		ctl->group = command->group;
		ctl->operands += words;
		ctl->count -= words;
		return command;
	}
	return NULL;
}

static int run_command(struct mm_ctl *ctl)
{
	const struct mm_command *command = find_command(ctl);

	if (command == NULL)
		return mm_ctl_error("unknown command; see mamorictl --help");
	if ((ctl->given & MM_OPTION_HELP) != 0) {
		print_command(command);
		return MM_EXIT_OK;
	}
	if ((ctl->given & ~(command->options | ALWAYS)) != 0)
		return mm_ctl_error("an option that this command does not "
				    "take; see mamorictl --help");
	if (ctl->count < command->least ||
	    (command->most >= 0 && ctl->count > command->most))
		return mm_ctl_error("%s arguments; see mamorictl --help",
				    ctl->count < command->least ? "too few"
								: "too many");
	return command->run(ctl);
}

int main(int argc, char **argv)
{
	struct mm_ctl ctl = { 0 };
	const char *env = getenv("MAMORI_CONFIG");
	int status;

	ctl.conf_path = MM_CTL_CONF;
	if (env != NULL && *env != '\0') {
		ctl.conf_path = env;
		ctl.given = MM_OPTION_CONFIG;
	}
	status = read_options(&ctl, argc, argv);
	if (status == 0) {
		if ((ctl.given & MM_OPTION_VERSION) != 0)
			puts("mamorictl " MM_VERSION);
		else if ((ctl.given & MM_OPTION_HELP) != 0 && ctl.count == 0)
			status = print_help();
		else
			status = run_command(&ctl);
	}
	mm_conf_clear(&ctl.conf);
	free(ctl.rcpts);
	/* An answer that could not be written was not given. */
	if (fflush(stdout) != 0 || ferror(stdout))
		status = mm_ctl_error("cannot write to standard output");
	return status;
}
