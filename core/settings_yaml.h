#ifndef MM_CORE_SETTINGS_YAML_H
#define MM_CORE_SETTINGS_YAML_H

#include "core/conf_yaml.h"
#include "core/settings.h"

/* For settings_yaml.c and for the import of a whole server. */

/* Read the mapping whose start is the current event as values of this level;
 * settings is initialised. *version_r is the version they are of; when it is 0
 * it is read from the first key, "version". As mm_settings_parse(). */
MM_CHECK int mm_settings_read(struct mm_yaml *in, struct mm_settings *settings,
			      enum mm_level level,
			      const struct mm_setting_renamed *renamed,
			      unsigned int *version_r);

/* The value of a "version" key, which is the current event. */
MM_CHECK int mm_settings_read_version(struct mm_yaml *in,
				      unsigned int *version_r);

#endif
