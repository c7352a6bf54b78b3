/*
 * Exim's symbols for unit tests of the module: variables, headers, recipients
 * and log in plain memory. Runs in the test program only.
 */
#define LOCAL_SCAN
#include <local_scan.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/exim/fake_exim.h"

#define ITEMS 1100
#define TEXT_MAX 65536

int body_linecount;
int body_zerocount;
header_line *header_list;
BOOL host_checking;
uschar *message_id;
uschar *received_protocol;
int recipients_count;
recipient_item *recipients_list;
unsigned char *sender_address;
uschar *sender_host_address;
uschar *sender_host_authenticated;
uschar *sender_host_name;
BOOL smtp_batched_input;
BOOL smtp_input;

static struct fake_exim now;
static recipient_item recipients[ITEMS];
static void *owned[4 * ITEMS];
static size_t owned_count;
static char text_out[TEXT_MAX];
static char log_out[TEXT_MAX];

/* Memory that goes with the message. */
static void *keep(void *memory)
{
	if (memory == NULL || owned_count == 4 * ITEMS)
		abort();
	owned[owned_count++] = memory;
	return memory;
}

void fake_exim_end(void)
{
	while (owned_count > 0)
		free(owned[--owned_count]);
	header_list = NULL;
	recipients_count = 0;
}

static uschar *bytes(const char *text)
{
	return text == NULL ? NULL : (uschar *)keep(strdup(text));
}

void fake_exim_begin(const struct fake_exim *message)
{
	fake_exim_end();
	now = *message;
	log_out[0] = '\0';
	body_linecount = -1;
	body_zerocount = -1;
	host_checking = now.host_checking;
	smtp_input = now.smtp;
	smtp_batched_input = now.batched;
	message_id = bytes(now.message_id);
	received_protocol = bytes(now.protocol);
	sender_address = bytes(now.sender);
	sender_host_address = bytes(now.host);
	sender_host_authenticated = bytes(now.auth);
	sender_host_name = NULL;
	recipients_list = recipients;
}

static header_line *new_header(int type, const char *text)
{
	/* Exim's store never fails: not calloc(), which tests let fail. */
	header_line *h = keep(malloc(sizeof(*h)));

	*h = (header_line){ .type = type, .text = bytes(text),
			    .slen = (int)strlen(text) };
	return h;
}

static void append(header_line *h)
{
	header_line **end = &header_list;

	while (*end != NULL)
		end = &(*end)->next;
	*end = h;
}

void fake_exim_header(char type, const char *text)
{
	append(new_header(type, text));
}

void fake_exim_recipient(const char *address)
{
	if (recipients_count == ITEMS)
		abort();
	recipients[recipients_count++] =
		(recipient_item){ .address = bytes(address) };
}

static void add_text(char *out, const char *text)
{
	size_t used = strlen(out);

	(void)snprintf(out + used, TEXT_MAX - used, "%s", text);
}

const char *fake_exim_headers(void)
{
	header_line *h;

	text_out[0] = '\0';
	for (h = header_list; h != NULL; h = h->next) {
		if (h->type == '*')
			continue;
		if (h->slen != (int)strlen((const char *)h->text))
			abort();
		add_text(text_out, (const char *)h->text);
	}
	return text_out;
}

const char *fake_exim_recipients(void)
{
	int i;

	text_out[0] = '\0';
	for (i = 0; i < recipients_count; i++) {
		add_text(text_out, i == 0 ? "" : " ");
		add_text(text_out, (const char *)recipients[i].address);
	}
	return text_out;
}

const char *fake_exim_log(void)
{
	return log_out;
}

int fake_exim_body_lines(void)
{
	return body_linecount;
}

int fake_exim_body_zeros(void)
{
	return body_zerocount;
}

/* ---- functions -------------------------------------------------------- */

uschar *expand_string(uschar *name)
{
	static const char exim_uid[] = FAKE_EXIM_UID;
	const struct {
		const char *name;
		const char *value;
	} table[] = {
		{ "$originator_uid", now.uid },
		{ "$exim_uid", exim_uid },
		{ "$sender_ident", now.login },
		{ "$authenticated_id", now.auth != NULL ? "user" : now.login },
		{ "$received_port", now.host != NULL ? "25" : "-1" },
		{ "$sender_helo_name", now.host != NULL ? "helo" : "" },
		{ "$tls_in_cipher", "" },
		{ "$rcpt_fail_count", "3" },
		{ "$acl_m_mamori_mail", "" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, (const char *)name) == 0)
			return bytes(table[i].value);
	abort();
}

static char *format(const char *fmt, va_list args)
{
	static char text[33000];

	if (vsnprintf(text, sizeof(text), fmt, args) >= (int)sizeof(text))
		abort();
	return text;
}

void header_add(int type, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	append(new_header(type, format(fmt, args)));
	va_end(args);
}

void header_add_at_position(BOOL after, uschar *name, BOOL topnot, int type,
			    const char *fmt, ...)
{
	header_line *h;
	va_list args;

	if (after || name != NULL || topnot)
		abort();
	va_start(args, fmt);
	h = new_header(type, format(fmt, args));
	va_end(args);
	h->next = header_list;
	header_list = h;
}

void log_write(unsigned int selector, int where, const char *fmt, ...)
{
	va_list args;

	(void)selector;
	if (where != LOG_MAIN)
		abort();
	va_start(args, fmt);
	add_text(log_out, format(fmt, args));
	va_end(args);
	add_text(log_out, "\n");
}

BOOL receive_remove_recipient(uschar *address)
{
	int i;

	for (i = 0; i < recipients_count; i++) {
		if (strcmp((const char *)recipients[i].address,
			   (const char *)address) != 0)
			continue;
		recipients_count--;
		memmove(&recipients[i], &recipients[i + 1],
			(size_t)(recipients_count - i) * sizeof(*recipients));
		return TRUE;
	}
	return FALSE;
}

uschar *string_copy_function(const uschar *text)
{
	return bytes((const char *)text);
}
