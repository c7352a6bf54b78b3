/*
 * mamorictl settings, usage: the settings of the whole server in and out, the
 * keys there are, and how many mailboxes each domain has.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "core/rules.h"
#include "mamorictl/client.h"
#include "mamorictl/settings.h"

#define IMPORT_MAX (1u << 30)

int mm_cmd_settings_export(struct mm_ctl *ctl)
{
	struct mm_rows rows = { 0 };
	char chunk[65536];
	off_t offset = 0;
	ssize_t n = 0;
	int fd = -1, status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	status = mm_client_ask(ctl, MM_FRAME_CTL_SETTINGS_EXPORT, NULL, &rows,
			       &fd);
	if (status == 0 && fd < 0)
		status = mm_ctl_error("the daemon sent no settings");
	while (status == 0 &&
	       (n = pread(fd, chunk, sizeof(chunk), offset)) > 0) {
		if (fwrite(chunk, 1, (size_t)n, stdout) != (size_t)n)
			break; /* told by main() */
		offset += n;
	}
	if (status == 0 && n < 0)
		status = mm_ctl_error("the settings: %s", strerror(errno));
	mm_close(&fd);
	mm_rows_clear(&rows);
	return status;
}

/* The whole of standard input or of a file. */
static int read_all(const char *path, struct mm_buf *text)
{
	char chunk[65536];
	size_t n;
	int r = 0;

	if (strcmp(path, "-") != 0)
		r = mm_read_file(path, text);
	else
		while (r == 0 &&
		       (n = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
			r = mm_buf_put(text, chunk, n);
	if (r == 0 && strcmp(path, "-") == 0 && ferror(stdin))
		r = MM_ERR_SYS;
	return r < 0 ? mm_ctl_error("%s: %s", path, mm_err_text(r)) : 0;
}

int mm_cmd_settings_import(struct mm_ctl *ctl)
{
	struct mm_rows rows = { 0 };
	struct mm_buf text, request;
	int fd = -1, status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	mm_buf_init(&text, IMPORT_MAX);
	mm_buf_init(&request, MM_FRAME_MAX);
	if ((ctl->given & MM_OPTION_CHECK) != 0)
		mm_ctl_must(mm_pair_put(&request, "check", "1"));
	if ((status = read_all(ctl->operands[0], &text)) == 0) {
		fd = mm_sealed_memfd("settings", mm_buf_str(&text), text.len);
		if (fd < 0)
			status = mm_ctl_error("%s", mm_err_text(fd));
	}
	if (status == 0)
		status = mm_client_ask_fd(ctl, MM_FRAME_CTL_SETTINGS_IMPORT,
					  &request, fd, &rows);
	if (status == 0 && ctl->json && rows.count > 0)
		mm_json_print(mm_json_row(&rows.list[0]));
	else if (status == 0)
		mm_out_rows(&rows);
	mm_close(&fd);
	mm_rows_clear(&rows);
	mm_buf_clear(&request);
	mm_buf_clear(&text);
	return status;
}


static void put_levels(unsigned int levels, struct mm_buf *out)
{
	unsigned int bit;

	for (bit = 1; bit <= MM_LEVEL_GATE; bit <<= 1)
		if ((levels & bit) != 0)
			mm_ctl_must(mm_buf_printf(out, "%s%s",
						  out->len > 0 ? "," : "",
						  mm_level_name(bit)));
}

static void print_key(const struct mm_ctl *ctl,
		      const struct mm_setting_row *row)
{
	struct mm_buf levels;
	cJSON *json;

	mm_buf_init(&levels, MM_TEXT_MAX);
	put_levels(row->levels, &levels);
	if (!ctl->json) {
		printf("%s\n    %s%s%s; %s; changed by %s; default %s\n"
		       "    %s\n",
		       row->key, row->choices,
		       *row->choices == '\0' ? "" : "; ", row->help,
		       mm_buf_str(&levels), mm_who_name(row->who),
		       *row->preset == '\0' ? "off" : row->preset,
		       row->help_ja);
	} else {
		json = mm_json_must(cJSON_CreateObject());
		mm_json_add(json, "key", mm_json_text(row->key));
		mm_json_add(json, "default", mm_json_text(row->preset));
		mm_json_add(json, "choices", mm_json_text(row->choices));
		mm_json_add(json, "levels", mm_json_text(mm_buf_str(&levels)));
		mm_json_add(json, "who", mm_json_text(mm_who_name(row->who)));
		mm_json_add(json, "help", mm_json_text(row->help));
		mm_json_add(json, "help_ja", mm_json_text(row->help_ja));
		mm_json_print(json);
	}
	mm_buf_clear(&levels);
}

int mm_cmd_settings_keys(struct mm_ctl *ctl)
{
	size_t i;

	for (i = 0; i < MM_SETTINGS; i++)
		print_key(ctl, &mm_setting_rows[i]);
	return 0;
}

static void print_csv(const struct mm_rows *rows)
{
	static const char *const names[] = { "day",	   "domain",
					     "accounts",   "without_postmaster",
					     "contracted", "exceeded" };
	const size_t count = sizeof(names) / sizeof(*names);
	const char *value;
	size_t i, k;

	for (k = 0; k < count; k++)
		printf("%s%s", names[k], k + 1 < count ? "," : "\n");
	for (i = 0; i < rows->count; i++)
		for (k = 0; k < count; k++) {
			value = mm_pairs_get(&rows->list[i], names[k]);
			mm_out_text(value == NULL ? "" : value);
			fputs(k + 1 < count ? "," : "\n", stdout);
		}
}

int mm_cmd_usage(struct mm_ctl *ctl)
{
	const char *domain = ctl->count > 0 ? ctl->operands[0] : "";
	struct mm_rows rows = { 0 };
	struct mm_buf request;
	size_t i;
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	mm_buf_init(&request, MM_FRAME_MAX);
	if (mm_pair_put(&request, "level",
			*domain == '\0' ? "server" : "domain") < 0 ||
	    mm_pair_put(&request, "name", domain) < 0 ||
	    mm_pair_put(&request, "day", ctl->day) < 0)
		status = mm_ctl_error("an argument is too long");
	if (status == 0)
		status = mm_client_ask(ctl, MM_FRAME_CTL_USAGE, &request, &rows,
				       NULL);
	if (status == 0 && (ctl->given & MM_OPTION_CSV) != 0)
		print_csv(&rows);
	else if (status == 0 && !ctl->json)
		mm_out_rows(&rows);
	for (i = 0; status == 0 && ctl->json && i < rows.count; i++)
		mm_json_print(mm_json_row(&rows.list[i]));
	mm_rows_clear(&rows);
	mm_buf_clear(&request);
	return status;
}
