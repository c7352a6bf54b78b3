#include "mamorid/inspect/clean.h"

#include "core/err.h"

int mm_clean(const void *data, size_t len,
	     const struct mm_clean_limits *limits, struct mm_buf *out,
	     const char **why_r)
{
	(void)data, (void)len, (void)limits, (void)out;
	*why_r = "not an Office document";
	return MM_ERR_INVALID;
}
