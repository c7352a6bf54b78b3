/*
 * What a day's history file holds. Keeper, uid mamori-keeper. A mail's id is
 * made of its time, so that the primary key serves as the index of times; the
 * index over parties has their mails in the same order.
 */
#include "mamorid/keeper/history.h"

/* NORMAL: a power cut may cost the last seconds, never the file. */
static const char setup[] = "PRAGMA journal_mode = WAL;"
			    "PRAGMA synchronous = NORMAL;"
			    "PRAGMA trusted_schema = OFF;"
			    "PRAGMA wal_autocheckpoint = 4000;"
			    "PRAGMA journal_size_limit = 33554432;";

/* The file alone, without a log beside it: opened in a moment. */
static const char past[] = "PRAGMA synchronous = NORMAL;"
			   "PRAGMA trusted_schema = OFF;";

/*
 * party: recipients 0, 1, ..., the account -1, the envelope sender -2. domain
 * only of those that are on this server. event: what happened later, in the
 * file of its own day.
 */
static const char create[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS mail("
	"  id INTEGER PRIMARY KEY, trace TEXT NOT NULL,"
	"  direction TEXT NOT NULL, account TEXT NOT NULL,"
	"  login TEXT NOT NULL, sender TEXT NOT NULL, host TEXT NOT NULL,"
	"  helo TEXT NOT NULL, uid INTEGER NOT NULL,"
	"  message_id TEXT NOT NULL, sender_text TEXT NOT NULL,"
	"  subject TEXT NOT NULL, size INTEGER NOT NULL,"
	"  verdict TEXT NOT NULL, action TEXT NOT NULL,"
	"  reason TEXT NOT NULL, spam TEXT NOT NULL,"
	"  notices TEXT NOT NULL, content INTEGER NOT NULL,"
	"  invalid INTEGER NOT NULL, total INTEGER NOT NULL,"
	"  ms INTEGER NOT NULL, flags INTEGER NOT NULL, findings BLOB);"
	"CREATE INDEX IF NOT EXISTS mail_trace ON mail(trace);"
	"CREATE INDEX IF NOT EXISTS mail_message ON mail(message_id)"
	"  WHERE message_id != '';"
	"CREATE INDEX IF NOT EXISTS mail_verdict ON mail(verdict)"
	"  WHERE verdict != 'clean';"
	"CREATE TABLE IF NOT EXISTS party("
	"  mail INTEGER NOT NULL, n INTEGER NOT NULL,"
	"  address TEXT NOT NULL, domain TEXT NOT NULL,"
	"  outcome TEXT NOT NULL, edits TEXT NOT NULL,"
	"  rules TEXT NOT NULL, notices TEXT NOT NULL,"
	"  flags INTEGER NOT NULL, PRIMARY KEY(mail, n)) WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS party_address ON party(address, mail);"
	"CREATE INDEX IF NOT EXISTS party_domain ON party(domain, mail)"
	"  WHERE domain != '';"
	"CREATE TABLE IF NOT EXISTS event("
	"  id INTEGER PRIMARY KEY, time INTEGER NOT NULL,"
	"  trace TEXT NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL,"
	"  text TEXT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS event_trace ON event(trace);"
	"PRAGMA user_version = 1;"
	"COMMIT;";

const struct mm_db_schema mm_db_history = {
	.version = 1,
	.setup = setup,
	.create = create,
};

const struct mm_db_schema mm_db_history_past = {
	.version = 1,
	.setup = past,
	.create = create,
};
