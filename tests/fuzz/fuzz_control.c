/* Requests of shared settings, from a customer's uid: the keeper's own code on
 * a folder of its own. The first byte says which request. Whatever is asked,
 * files of others stay as they are. */
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/keeper/client.h"
#include "mamorid/keeper/settings_control.h"
#include "mamorid/keeper/settings_io.h"
#include "mamorid/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct mm_conf conf;
static struct mm_role role = { .conf = &conf };
static struct mm_keeper keeper = { .role = &role };
static struct mm_listener listener = { .keeper = &keeper, .control = true };
static char dir[] = "/dev/shm/mamori-fuzz-XXXXXX";

/* alice is the customer's, the rest is not. */
static const char begin[] =
	"version: 1\nserver: {virus_notice: no}\n"
	"logins: {web: {addresses: [alice@b.test]}}\n"
	"domains: {b.test: {settings: {}, accounts: {alice: {}, bob: {}}, "
	"lists: {team: {members: [bob@b.test]}}}}\n";

static void quiet(enum mm_log_level level, const char *line, size_t len)
{
	(void)level;
	(void)line;
	(void)len;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void clean_up(void)
{
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void must(int ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct mm_buf error;
	size_t count;

	(void)argc;
	(void)argv;
	mm_log_init_sink("fuzz", MM_LOG_ERROR, quiet);
	must(mkdtemp(dir) != NULL && mm_conf_init(&conf) == 0);
	must(mm_settings_store_open(&keeper.settings, dir) == 0);
	keeper.settings.lazy = true;
	keeper.tree =
		mm_settings_tree_open(keeper.settings.path, geteuid(), NULL);
	mm_buf_init(&error, 4096);
	must(keeper.tree != NULL &&
	     mm_settings_import(&keeper.settings, begin, strlen(begin), &count,
				&error) == 0);
	mm_loop_init(&keeper.loop);
	(void)atexit(clean_up);
	return 0;
}

static bool has_file(enum mm_level level, const char *name, const char *text)
{
	struct mm_settings values;
	struct mm_buf error, out;
	bool same;

	mm_buf_init(&error, 4096);
	mm_buf_init(&out, MM_SETTINGS_FILE_MAX);
	same = mm_settings_store_get(&keeper.settings, level, name, &values,
				     &error) == 0 &&
	       mm_settings_format_at(&values, 0, &out) == 0 &&
	       strcmp(mm_buf_str(&out), text) == 0;
	mm_settings_clear(&values);
	mm_buf_clear(&error);
	mm_buf_clear(&out);
	return same;
}

static void ask(const struct mm_rule *rule, const uint8_t *data, size_t size,
		int fd)
{
	struct mm_client *client = calloc(1, sizeof(*client));

	must(client != NULL);
	client->watch.fd = fd;
	client->keeper = &keeper;
	client->listener = &listener;
	client->uid = 1000;
	client->rights = MM_RIGHT_SETTINGS;
	memcpy(client->login, "web", 4);
	mm_frame_init(&client->request);
	client->request.type = rule->type;
	client->rule = rule;
	client->next = keeper.clients;
	keeper.clients = client;
	listener.clients++;
	must(mm_buf_put(&client->request.payload, data, size) == 0);
	rule->handle(client);
	while (keeper.clients != NULL)
		mm_client_close(keeper.clients, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t types[] = { MM_FRAME_CTL_SETTINGS_CHANGE,
					  MM_FRAME_CTL_SETTINGS_SHOW,
					  MM_FRAME_CTL_SETTINGS_NAMES,
					  MM_FRAME_CTL_SETTINGS_DELETE,
					  MM_FRAME_CTL_USAGE };
	const struct mm_rule *rule;
	int pair[2];

	if (size < 2)
		return 0;
	rule = mm_client_rule(types[data[0] % 5], MM_RIGHT_SETTINGS);
	must(rule != NULL);
	if (size - 1 > rule->max)
		return 0;
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
			pair) == 0);
	ask(rule, data + 1, size - 1, pair[0]);
	(void)close(pair[1]);
	must(has_file(MM_LEVEL_SERVER, "", "virus_notice: no\n"));
	must(has_file(MM_LEVEL_DOMAIN, "b.test", ""));
	must(has_file(MM_LEVEL_ACCOUNT, "bob@b.test", ""));
	must(has_file(MM_LEVEL_LIST, "team@b.test",
		      "members: [\"bob@b.test\"]\n"));
	must(has_file(MM_LEVEL_LOGIN, "web",
		      "addresses: [\"alice@b.test\"]\n"));
	return 0;
}
