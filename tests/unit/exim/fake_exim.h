#ifndef MM_TESTS_UNIT_EXIM_FAKE_EXIM_H
#define MM_TESTS_UNIT_EXIM_FAKE_EXIM_H

#include <stdbool.h>

/*
 * Exim's symbols as the module sees them, with a message in their hands.
 * Knows nothing of Exim's header, so that tests need not either.
 */
struct fake_exim {
	bool smtp;
	bool batched;
	bool host_checking;
	const char *host;	/* NULL for local mail */
	const char *auth;
	const char *protocol;
	const char *sender;
	const char *uid;	/* what "$originator_uid" expands to */
	const char *login;
	const char *message_id;
};

enum fake_result { FAKE_ACCEPT = 0, FAKE_REJECT = 3, FAKE_TEMPREJECT = 5 };

/* Exim's own uid in every fake. */
#define FAKE_EXIM_UID "102"

/* A new message; forgets the last one. */
void fake_exim_begin(const struct fake_exim *message);
void fake_exim_end(void);

/* text and address are literals; a header ends in a newline. */
void fake_exim_header(char type, const char *text);
void fake_exim_recipient(const char *address);

/* All live headers in order as one text; all recipients, blank separated;
 * everything logged, one line each. Valid until the next call. */
const char *fake_exim_headers(void);
const char *fake_exim_recipients(void);
const char *fake_exim_log(void);
int fake_exim_body_lines(void);
int fake_exim_body_zeros(void);

/* The module's entry point, with bytes as in Exim's header. */
int local_scan(int fd, unsigned char **return_text);
int local_scan_version_major(void);
int local_scan_version_minor(void);

#endif
