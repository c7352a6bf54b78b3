#ifndef MM_CORE_SETTINGS_TABLE_H
#define MM_CORE_SETTINGS_TABLE_H

/*
 * The single list of shared settings: what panels, customers and operators
 * change while the server runs. It yields validation, `mamorictl` help and
 * completion, the sample in `mamorictl settings sample` and the table in
 * mamori-settings(5) (checked by a unit test).
 *
 * X(TYPE, ITEM, NAME, "key", "default", min, max, "choices", LEVELS, WHO,
 *   "English", "Japanese")
 *
 * TYPE      value
 * BOOL      yes or no
 * ENUM      one of the choices "a|b|c"
 * NUMBER    from min to max, or off
 * DURATION  seconds from min to max; a number with s, m, h, d, w; or off
 * TEXT      one text of the kind ITEM, or off for none
 * LIST      at most max texts of the kind ITEM, or off for none
 * MAP       at most max names, each with a value of the kind ITEM
 *
 * ITEM      kind of text
 * ADDRESS   a mail address, lower-cased
 * SENDER    a mail address or *@domain, lower-cased
 * DOMAIN    a domain name, lower-cased
 * FOLDER    the name of an IMAP folder
 * HOST      a host name or an IP address
 * NETWORK   an IP address or network in CIDR form, no wider than /8 (IPv6: /16)
 * SEPARATOR one of + - = _ .
 * PRESET    the name of a preset: 1 to 40 of a-z, 0-9 and -
 * WORD      any one line
 * SWITCH    yes or no (maps only)
 * NOTICE    the text of a notice template, several lines (maps only)
 *
 * LEVELS    in which files the key may stand: S server, D domain, A account
 *           (inherited: account, domain, server, default), N alias, L mailing
 *           list, U login, G a domain's file that only the gate reads
 * WHO       the least role that may change it: OWNER (a customer, for its own
 *           addresses), ADMIN (a customer, for its own domains), PANEL, ROOT
 */
#define MM_SETTINGS_TABLE(X) \
	X(BOOL, NONE, CHECK_UNREGISTERED, "check_unregistered_domains", \
	  "yes", 0, 0, "", S, ROOT, \
	  "Check mail of domains that have no settings of their own", \
	  "設定のないドメインのメールも検査する") \
	X(BOOL, NONE, VIRUS_NOTICE, "virus_notice", "yes", 0, 0, "", \
	  S | D | A, OWNER, \
	  "Send virus warning mails to this mailbox", \
	  "ウィルス警告メールを送信する") \
	X(ENUM, NONE, NOTICE_LANGUAGE, "notice_language", "default", 0, 0, \
	  "default|ja|en", S | D | A, OWNER, \
	  "Language of notices; default: notices.language of mamori.yaml", \
	  "通知メールの言語") \
	X(BOOL, NONE, SPAM_SORT, "spam.sort", "yes", 0, 0, "", S | D | A, \
	  OWNER, "Deliver spam into the folder spam.folder", \
	  "迷惑メールをフォルダに振り分ける") \
	X(TEXT, FOLDER, SPAM_FOLDER, "spam.folder", "Junk", 0, 0, "", \
	  S | D | A, OWNER, "IMAP folder for spam", \
	  "迷惑メールの振り分け先フォルダ") \
	X(BOOL, NONE, SPAM_TAG, "spam.tag", "yes", 0, 0, "", S | D | A, \
	  OWNER, "Mark the subject of suspected spam", \
	  "迷惑メールの件名に印を付ける") \
	X(NUMBER, NONE, SPAM_TAG_SCORE, "spam.tag_score", "6", 1, 1000, "", \
	  S | D | A, OWNER, "Score from which on mail is suspected spam", \
	  "迷惑メールの疑いとする点数") \
	X(NUMBER, NONE, SPAM_QUARANTINE_SCORE, "spam.quarantine_score", \
	  "15", 1, 1000, "", S | D | A, OWNER, \
	  "Score from which on mail is quarantined", \
	  "隔離する点数") \
	X(LIST, SENDER, APPROVED_SENDERS, "approved_senders", "", 0, 1000, \
	  "", S | D | A, OWNER, \
	  "Senders whose mail is never taken for spam; never exempt from " \
	  "the virus check", \
	  "承認済み送信者(迷惑メール判定の対象外)") \
	X(LIST, SENDER, BLOCKED_SENDERS, "blocked_senders", "", 0, 1000, "", \
	  S | D | A, OWNER, "Senders whose mail is always taken for spam", \
	  "ブロックする送信者") \
	X(NUMBER, NONE, SENDERS_MAX, "senders_max", "50", 1, 1000, "", \
	  S | D, ROOT, \
	  "Most approved, and most blocked, senders of a mailbox", \
	  "承認済み・ブロック送信者の上限数") \
	X(ENUM, NONE, QUARANTINE_DIGEST, "quarantine.digest", "off", 0, 0, \
	  "off|daily|weekly", S | D | A, OWNER, \
	  "How often the mailbox is told what is in its quarantine", \
	  "隔離メールのお知らせ頻度") \
	X(LIST, WORD, SIGNATURES_ALLOWED, "signatures_allowed", "", 0, 60, "", \
	  S, ROOT, \
	  "Virus names that are false alarms: such a hit does not count, " \
	  "what else is found does", \
	  "誤検知として扱うウイルス名") \
	X(TEXT, ADDRESS, ADMIN_ADDRESS, "admin_address", "", 0, 0, "", S | D, \
	  PANEL, "Mailbox of the domain's administrator", \
	  "ドメイン管理者のメールアドレス") \
	X(ENUM, NONE, ADMIN_NOTICES, "admin_notices", "off", 0, 0, \
	  "off|daily|copy", S | D, ADMIN, \
	  "What admin_address gets: once a day a list of what was stopped " \
	  "in the domain, or a copy of each notice", \
	  "ドメイン管理者へのお知らせ(1日1回の一覧、または控え)") \
	X(DURATION, NONE, QUARANTINE_KEEP, "quarantine.keep", "15d", 3600, \
	  315360000, "", S | D, PANEL, \
	  "How long quarantined mail is kept", \
	  "隔離メールの保存期間") \
	X(BOOL, NONE, NOTICES_SUSPENDED, "notices_suspended", "no", 0, 0, "", \
	  S | D | A, PANEL, \
	  "No notices are sent for now; mail is still checked", \
	  "通知メールを一時停止する") \
	X(NUMBER, NONE, NOTICES_SUSPENDED_UNTIL, "notices_suspended_until", \
	  "off", 1, 253402300799, "", S | D | A, PANEL, \
	  "When that ends by itself, seconds since 1970; off: never", \
	  "通知メールの一時停止の終了時刻") \
	X(TEXT, PRESET, PRESET, "preset", "standard", 0, 0, "", S | D, \
	  PANEL, "Set of rules that is in force", \
	  "ルールのプリセット") \
	X(MAP, SWITCH, RULES, "rules", "", 0, 200, "", S | D | A, OWNER, \
	  "Rules that are switched on or off, by name", \
	  "ルールごとの有効・無効") \
	X(MAP, NOTICE, NOTICES, "notices", "", 0, 20, "", S | D, ADMIN, \
	  "Templates of notices that take the place of the standard ones, " \
	  "by file name without .txt", \
	  "通知メールの文面") \
	X(BOOL, NONE, SENDING_HOLD, "sending_hold", "no", 0, 0, "", A | U, \
	  PANEL, \
	  "Held: mail that this account or login sends is not let out", \
	  "送信を停止する") \
	X(NUMBER, NONE, SENDING_HOLD_UNTIL, "sending_hold_until", "off", 1, \
	  253402300799, "", A | U, PANEL, \
	  "When the hold of sending ends by itself, seconds since 1970; in " \
	  "the past: when it ended", \
	  "送信停止の終了時刻") \
	X(TEXT, WORD, SENDING_HOLD_REASON, "sending_hold_reason", "", 0, 0, \
	  "", A | U, PANEL, "Why sending is held, for those who ask", \
	  "送信停止の理由") \
	X(TEXT, HOST, GATEWAY_HOST, "gateway_host", "", 0, 0, "", D, PANEL, \
	  "Host that has the mailboxes of this domain; off: this server", \
	  "配送先メールサーバ") \
	X(BOOL, NONE, GATEWAY_EDIT, "gateway_edit", "no", 0, 0, "", D, \
	  ADMIN, \
	  "Edit subject and body of mail for gateway_host and forwards", \
	  "転送・配送代行メールの件名と本文を編集する") \
	X(LIST, NETWORK, RELAY_HOSTS, "relay_hosts", "", 0, 100, "", D, \
	  ROOT, "Addresses of servers whose mail is this domain's outbound " \
	  "mail", "送信を許可する固定IPアドレス") \
	X(NUMBER, NONE, CONTRACTED_ACCOUNTS, "contracted_accounts", "off", \
	  0, 10000000, "", D, PANEL, \
	  "Contracted number of mailboxes; more of them are warned about", \
	  "契約アカウント数") \
	X(TEXT, SEPARATOR, PLUS_TAGS, "plus_tags", "+", 0, 0, "", S | D, \
	  PANEL, "What separates a mailbox from a tag; off: no tags", \
	  "アドレスのタグの区切り文字") \
	X(TEXT, ADDRESS, CATCH_ALL, "catch_all", "", 0, 0, "", D, PANEL, \
	  "Mailbox that gets mail to unknown addresses of the domain", \
	  "宛先不明メールの受信先") \
	X(TEXT, DOMAIN, ALIAS_OF, "alias_of", "", 0, 0, "", D, PANEL, \
	  "The domain that this one is another name of", \
	  "エイリアス元のドメイン") \
	X(LIST, ADDRESS, TARGETS, "targets", "", 0, 1000, "", N, PANEL, \
	  "Where mail to the alias goes", "転送先") \
	X(LIST, ADDRESS, MEMBERS, "members", "", 0, 5000, "", L, ADMIN, \
	  "Members of the mailing list", "メーリングリストのメンバー") \
	X(TEXT, ADDRESS, ACCOUNT, "account", "", 0, 0, "", U, PANEL, \
	  "Mailbox that is warned about mail which the login sends", \
	  "このログインの警告先メールボックス") \
	X(LIST, ADDRESS, ADDRESSES, "addresses", "", 0, 5000, "", U, PANEL, \
	  "Mailboxes whose settings the login may change", \
	  "設定を変更できるメールアドレス") \
	X(LIST, DOMAIN, DOMAINS, "domains", "", 0, 5000, "", U, PANEL, \
	  "Domains that the login administers", "管理するドメイン") \
	X(LIST, WORD, FORBIDDEN_WORDS, "forbidden_words", "", 0, 2000, "", \
	  G, ADMIN, "Words that mail of this domain must not contain", \
	  "NGワード")

#endif
