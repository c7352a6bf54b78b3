/*
 * What keeper.sqlite holds: records, quarantine, outbox. Keeper, uid
 * mamori-keeper. Must never make a commit return before it is on disk.
 */
#include "mamorid/keeper/db.h"

/* FULL: in WAL mode every commit is synced before it returns, which is what
 * "recorded before acknowledged" rests on. */
static const char setup[] = "PRAGMA journal_mode = WAL;"
			    "PRAGMA synchronous = FULL;"
			    "PRAGMA trusted_schema = OFF;"
			    "PRAGMA journal_size_limit = 16777216;";

/*
 * record: what the gate handed over, once a message. effect: keys of the last
 * day. quarantine: a row a recipient. share: how many rows of a scope
 * ("account A", "domain D", "total") use a file; usage: the bytes of a scope,
 * each file counted once. census: mailboxes of a domain on a day. trash: files
 * to unlink after the commit. variant: what an outbox row of that kind injects;
 * envelope: the recipients it is left for. notice_window: notices of a mailbox
 * in this hour, '' for all. digest: when the last one was made.
 */
static const char create[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS record("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, trace TEXT NOT NULL,"
	"  sender TEXT NOT NULL, account TEXT NOT NULL,"
	"  direction TEXT NOT NULL, reason TEXT NOT NULL,"
	"  sender_text TEXT NOT NULL, subject TEXT NOT NULL,"
	"  detail TEXT NOT NULL, created INTEGER NOT NULL,"
	"  bytes BLOB NOT NULL);"
	"CREATE INDEX IF NOT EXISTS record_trace ON record(trace);"
	"CREATE TABLE IF NOT EXISTS effect("
	"  key BLOB PRIMARY KEY, record INTEGER NOT NULL,"
	"  created INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS effect_created ON effect(created);"
	"CREATE TABLE IF NOT EXISTS quarantine("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, record INTEGER NOT NULL,"
	"  recipient TEXT NOT NULL, domain TEXT NOT NULL,"
	"  hash TEXT NOT NULL, size INTEGER NOT NULL,"
	"  created INTEGER NOT NULL, until INTEGER NOT NULL);"
	"CREATE UNIQUE INDEX IF NOT EXISTS quarantine_record"
	"  ON quarantine(record, recipient);"
	"CREATE INDEX IF NOT EXISTS quarantine_recipient"
	"  ON quarantine(recipient, id);"
	"CREATE INDEX IF NOT EXISTS quarantine_domain"
	"  ON quarantine(domain, id);"
	"CREATE INDEX IF NOT EXISTS quarantine_until ON quarantine(until);"
	"CREATE TABLE IF NOT EXISTS share("
	"  scope TEXT NOT NULL, hash TEXT NOT NULL, rows INTEGER NOT NULL,"
	"  PRIMARY KEY(scope, hash)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS usage("
	"  scope TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS census("
	"  day TEXT NOT NULL, domain TEXT NOT NULL,"
	"  accounts INTEGER NOT NULL, postmasters INTEGER NOT NULL,"
	"  contracted INTEGER NOT NULL,"
	"  PRIMARY KEY(day, domain)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS trash("
	"  hash TEXT PRIMARY KEY) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS outbox("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
	"  record INTEGER NOT NULL, quarantine INTEGER NOT NULL,"
	"  recipient TEXT NOT NULL,"
	"  created INTEGER NOT NULL, due INTEGER NOT NULL,"
	"  tries INTEGER NOT NULL, reply TEXT NOT NULL,"
	"  template TEXT NOT NULL DEFAULT '', facts BLOB);"
	"CREATE INDEX IF NOT EXISTS outbox_due ON outbox(due, id);"
	"CREATE INDEX IF NOT EXISTS outbox_record ON outbox(record);"
	"CREATE INDEX IF NOT EXISTS outbox_quarantine ON outbox(quarantine);"
	"CREATE TABLE IF NOT EXISTS variant("
	"  outbox INTEGER PRIMARY KEY, hash TEXT NOT NULL,"
	"  size INTEGER NOT NULL, options TEXT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS variant_hash ON variant(hash);"
	"CREATE TABLE IF NOT EXISTS envelope("
	"  outbox INTEGER NOT NULL, recipient TEXT NOT NULL,"
	"  options TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY(outbox, recipient)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS notice_window("
	"  recipient TEXT PRIMARY KEY, since INTEGER NOT NULL,"
	"  sent INTEGER NOT NULL, dropped INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS digest(sent INTEGER NOT NULL);"
	"CREATE INDEX IF NOT EXISTS notice_window_since"
	"  ON notice_window(since);"
	"PRAGMA user_version = 2;"
	"COMMIT;";

/* Version 1 had a number for each of four notices. */
static const char from_1[] =
	"BEGIN IMMEDIATE;"
	"ALTER TABLE outbox ADD COLUMN template TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE outbox ADD COLUMN facts BLOB;"
	"UPDATE outbox SET template = CASE notice"
	"  WHEN 1 THEN 'virus-inbound' WHEN 2 THEN 'virus-outbound'"
	"  WHEN 3 THEN 'virus-local' WHEN 4 THEN 'not-checked'"
	"  ELSE '' END;"
	"ALTER TABLE outbox DROP COLUMN notice;"
	"PRAGMA user_version = 2;"
	"COMMIT;";

static const char *const upgrades[] = { from_1 };

const struct mm_db_schema mm_db_state = {
	.version = 2,
	.upgrades = upgrades,
	.setup = setup,
	.create = create,
};
