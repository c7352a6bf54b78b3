/*
 * mamorid: the command line. Without -R it is the master; with -R the master
 * has started it for one role; `mamorid scan` is the one-shot mode.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "mamorid/log.h"
#include "mamorid/master.h"
#include "mamorid/role.h"
#include "mamorid/spawn.h"
#include "mamorid/title.h"
#include "mamorid/xalloc.h"

#define DEFAULT_CONF "/etc/mamori/mamori.yaml"

/* Wrong usage or configuration: systemd does not start it again. */
#define EXIT_USAGE 2

struct options {
	const char *conf_path;
	bool conf_given;
	const char *role;
	const char *signatures;
	unsigned long generation;
	unsigned long long serving;
	bool foreground;
	bool test;
};

static const struct {
	const char *name;
	int (*run)(const struct mm_role *role);
} roles[] = {
	{ "pool", mm_pool_main },
	{ "gate", mm_gate_main },
	{ "keeper", mm_keeper_main },
	{ "courier", mm_courier_main },
};

static void usage(FILE *out)
{
	(void)fputs("usage: mamorid [-ft] [-c FILE]\n"
		    "       mamorid scan [-c FILE] [-s FOLDER] FILE...\n"
		    "  -c FILE    configuration (" DEFAULT_CONF ")\n"
		    "  -f         log to standard error as well\n"
		    "  -t         check the configuration and exit\n"
		    "  -s FOLDER  signatures for the scan\n"
		    "  -V         print the version\n",
		    out);
}

static void read_conf(const struct options *opt, struct mm_conf *conf)
{
	struct mm_buf error;

	mm_buf_init(&error, 4096);
	if (mm_conf_read(conf, opt->conf_path, &error) < 0) {
		(void)fprintf(stderr, "mamorid: %s\n", mm_buf_str(&error));
		exit(EXIT_USAGE);
	}
	mm_buf_clear(&error);
}

static int passed_fd(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -1 : fd;
}

static int run_role(const struct options *opt)
{
	/* Copies, since the title goes over the arguments. */
	char *name = mm_xstrdup(opt->role);
	char *conf_path = mm_xstrdup(opt->conf_path);
	struct mm_conf conf;
	struct mm_role role = {
		.conf = &conf,
		.conf_path = conf_path,
		.generation = (uint32_t)opt->generation,
		.serving = opt->serving,
		.channel = passed_fd(MM_SPAWN_CHANNEL),
		.listen = passed_fd(MM_SPAWN_LISTEN),
		.control = passed_fd(MM_SPAWN_CONTROL),
	};
	const char *missing;
	int status;
	size_t i;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	read_conf(opt, &conf);
	mm_title_set(name);
	mm_log_init(role.channel, name,
		    (enum mm_log_level)conf.log_level);
	if (mm_users_resolve(&conf, &role.users, &missing) < 0)
		mm_fatal("users", "user %s does not exist", missing);
	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(roles[i].name, name) == 0)
			break;
	if (i == sizeof(roles) / sizeof(roles[0]))
		mm_fatal("role", "unknown role %s", name);
	status = roles[i].run(&role);
	/* All of it, so that a sanitizer's list of leaks stays empty. */
	mm_conf_clear(&conf);
	free(conf_path);
	mm_log_init(-1, "mamorid", MM_LOG_ERROR);
	free(name);
	return status;
}

static int run_scan(const struct options *opt, char **files, int count)
{
	struct mm_conf conf;
	int status;

	if (count < 1) {
		usage(stderr);
		return EXIT_USAGE;
	}
	/* The one-shot mode also works where nothing is installed. */
	if (!opt->conf_given && access(opt->conf_path, F_OK) < 0) {
		if (mm_conf_init(&conf) < 0)
			return 1;
	} else {
		read_conf(opt, &conf);
	}
	mm_log_init(-1, "scan", MM_LOG_WARN);
	status = mm_scan_main(&conf,
			      opt->signatures == NULL ? conf.signatures_folder
						      : opt->signatures,
			      files, count);
	mm_conf_clear(&conf);
	return status;
}

static void parse(int argc, char **argv, struct options *opt)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "signatures", required_argument, NULL, 's' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:fg:hm:R:s:tV", longs, NULL)) !=
	       -1) {
		switch (c) {
		case 'c':
			opt->conf_path = optarg;
			opt->conf_given = true;
			break;
		case 'f':
			opt->foreground = true;
			break;
		case 'g':
			opt->generation = strtoul(optarg, NULL, 10);
			break;
		case 'h':
			usage(stdout);
			exit(0);
		case 'm':
			opt->serving = strtoull(optarg, NULL, 10);
			break;
		case 'R':
			opt->role = optarg;
			break;
		case 's':
			opt->signatures = optarg;
			break;
		case 't':
			opt->test = true;
			break;
		case 'V':
			(void)printf("mamorid %s\n", MM_VERSION);
			exit(0);
		default:
			usage(stderr);
			exit(EXIT_USAGE);
		}
	}
}

/* Descriptors 0 to 2 are always open, so that no socket or file lands there
 * and gets what is written to standard error. */
static void keep_stdio(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

int main(int argc, char **argv)
{
	struct options opt = { .conf_path = DEFAULT_CONF };
	struct mm_conf conf;
	bool scan = argc > 1 && strcmp(argv[1], "scan") == 0;
	int status;

	keep_stdio();
	mm_title_init(argc, argv);
	if (scan) {
		argc--;
		argv++;
	}
	parse(argc, argv, &opt);
	if (scan)
		return run_scan(&opt, argv + optind, argc - optind);
	if (optind != argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (opt.role != NULL)
		return run_role(&opt);
	read_conf(&opt, &conf);
	if (opt.test)
		return 0;
	status = mm_master_main(&conf, opt.conf_path, opt.foreground);
	mm_conf_clear(&conf);
	return status;
}
