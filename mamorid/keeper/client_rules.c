/*
 * The permission table: who may ask the keeper what. Keeper, uid
 * mamori-keeper. What is not in it is not served.
 */
#include "mamorid/keeper/client.h"

#include "mamorid/keeper/abuse.h"
#include "mamorid/keeper/control.h"
#include "mamorid/keeper/history_serve.h"
#include "mamorid/keeper/outbox_serve.h"
#include "mamorid/keeper/record.h"
#include "mamorid/keeper/settings_control.h"

#define PAIRS_BYTES 16384u

/* A request of settings has a whole frame, for templates of notices. */
#define SETTINGS_BYTES (MM_FRAME_MAX - 16u)

#define RIGHTS (MM_RIGHT_CONTROL | MM_RIGHT_SETTINGS)

static const struct mm_rule rules[] = {
	{ MM_FRAME_RECORD, MM_RIGHT_RECORD, 0, 0, 3, mm_record_handle },
	{ MM_FRAME_HISTORY, MM_RIGHT_RECORD, 1, MM_FRAME_MAX, 0,
	  mm_history_handle },
	{ MM_FRAME_OUTBOX_NEXT, MM_RIGHT_OUTBOX, 0, 0, 0, mm_outbox_wanted },
	{ MM_FRAME_OUTBOX_DONE, MM_RIGHT_OUTBOX, 1, MM_FRAME_MAX, 0,
	  mm_outbox_done },
	{ MM_FRAME_CTL_STATUS, MM_RIGHT_CONTROL, 0, PAIRS_BYTES, 0,
	  mm_control_status },
	{ MM_FRAME_CTL_RELOAD, MM_RIGHT_CONTROL, 0, PAIRS_BYTES, 0,
	  mm_control_reload },
	{ MM_FRAME_CTL_QUARANTINE_LIST, MM_RIGHT_CONTROL, 0, PAIRS_BYTES, 0,
	  mm_control_list },
	{ MM_FRAME_CTL_QUARANTINE_SHOW, MM_RIGHT_CONTROL, 1, PAIRS_BYTES, 0,
	  mm_control_show },
	{ MM_FRAME_CTL_QUARANTINE_RELEASE, MM_RIGHT_CONTROL, 1, PAIRS_BYTES, 0,
	  mm_control_release },
	{ MM_FRAME_CTL_QUARANTINE_DELETE, MM_RIGHT_CONTROL, 1, PAIRS_BYTES, 0,
	  mm_control_delete },
	{ MM_FRAME_CTL_DIGEST, MM_RIGHT_CONTROL, 0, PAIRS_BYTES, 0,
	  mm_control_digest },
	{ MM_FRAME_CTL_SETTINGS_SHOW, RIGHTS, 1, PAIRS_BYTES, 0,
	  mm_settings_show_handle },
	{ MM_FRAME_CTL_SETTINGS_CHANGE, RIGHTS, 1, SETTINGS_BYTES, 0,
	  mm_settings_change_handle },
	{ MM_FRAME_CTL_SETTINGS_DELETE, RIGHTS, 1, PAIRS_BYTES, 0,
	  mm_settings_delete_handle },
	{ MM_FRAME_CTL_SETTINGS_NAMES, RIGHTS, 1, PAIRS_BYTES, 0,
	  mm_settings_names_handle },
	{ MM_FRAME_CTL_SETTINGS_EXPORT, MM_RIGHT_CONTROL, 0, PAIRS_BYTES, 0,
	  mm_settings_export_handle },
	{ MM_FRAME_CTL_SETTINGS_IMPORT, MM_RIGHT_CONTROL, 0, PAIRS_BYTES, 1,
	  mm_settings_import_handle },
	{ MM_FRAME_CTL_USAGE, RIGHTS, 1, PAIRS_BYTES, 0, mm_usage_handle },
	{ MM_FRAME_CTL_WHY, RIGHTS, 1, PAIRS_BYTES, 0, mm_why_handle },
	{ MM_FRAME_CTL_ABUSE, RIGHTS, 1, PAIRS_BYTES, 0, mm_abuse_handle },
	{ MM_FRAME_CTL_HISTORY, RIGHTS, 1, PAIRS_BYTES, 0,
	  mm_history_list_handle },
};

unsigned int mm_client_rights(const struct mm_users *users, bool control,
			      uid_t uid, uid_t self)
{
	const unsigned int all = control ? MM_RIGHT_CONTROL
					 : MM_RIGHT_RECORD | MM_RIGHT_OUTBOX;
	unsigned int rights = 0;

	if (uid == 0 || (!users->root && uid == self))
		return all;
	if (control || !users->root)
		return 0;
	if (uid == users->gate.uid)
		rights |= MM_RIGHT_RECORD;
	if (uid == users->courier.uid)
		rights |= MM_RIGHT_OUTBOX;
	return rights;
}

const struct mm_rule *mm_client_rule(uint16_t type, unsigned int rights)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].type == type && (rules[i].right & rights) != 0)
			return &rules[i];
	return NULL;
}
