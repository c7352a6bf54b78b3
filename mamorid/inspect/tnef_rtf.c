/*
 * Compressed RTF, the body that Outlook prefers (MS-OXRTFCP). Process:
 * inspector (as users.inspector, in its jail), and one-shot mode. Must never
 * write more than it was allowed to.
 */
#include "mamorid/inspect/tnef_rtf.h"

#include <stdint.h>
#include <string.h>

#include "mamorid/inspect/bytes.h"
#include "mamorid/xalloc.h"

#define HEAD 16u /* sizes, kind, checksum */
#define COMPRESSED 0x75465a4cu
#define UNCOMPRESSED 0x414c454du
#define DICTIONARY 4096u
#define LONGEST 17u /* bytes that two of input stand for */

/* MS-OXRTFCP 2.1.2.1: what the dictionary holds at first. */
static const char preset[] =
	"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman "
	"\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes "
	"New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard"
	"\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct unpacker {
	unsigned char dictionary[DICTIONARY];
	size_t write;
	unsigned char *out;
	size_t used, max;
};

static void put(struct unpacker *un, unsigned char c)
{
	if (un->used < un->max)
		un->out[un->used++] = c;
	un->dictionary[un->write] = c;
	un->write = (un->write + 1) % DICTIONARY;
}

static void unpack(struct unpacker *un, const unsigned char *data, size_t len)
{
	size_t pos = 0;

	while (pos < len && un->used < un->max) {
		unsigned int flags = data[pos++];

		for (unsigned int bit = 0; bit < 8 && pos < len; bit++) {
			size_t from, count;

			if (!(flags >> bit & 1)) {
				put(un, data[pos++]);
				continue;
			}
			if (len - pos < 2)
				return;
			from = (size_t)data[pos] << 4 | data[pos + 1] >> 4;
			count = (data[pos + 1] & 0xfu) + 2;
			pos += 2;
			if (from == un->write)
				return;
			for (; count > 0; count--, from++)
				put(un, un->dictionary[from % DICTIONARY]);
		}
	}
}

unsigned char *mm_tnef_rtf(const unsigned char *data, size_t len, size_t max,
			   size_t *len_r)
{
	struct unpacker un = { .write = sizeof(preset) - 1 };
	uint32_t kind;

	if (len <= HEAD)
		return NULL;
	kind = mm_le32(data + 8);
	if (kind != COMPRESSED && kind != UNCOMPRESSED)
		return NULL;
	data += HEAD;
	len -= HEAD;
	un.max = kind == COMPRESSED ? len / 2 * LONGEST + LONGEST : len;
	if (un.max > max)
		un.max = max;
	un.out = mm_xcalloc(un.max + 1, 1);
	if (kind == UNCOMPRESSED) {
		memcpy(un.out, data, un.max);
		un.used = un.max;
	} else {
		memset(un.dictionary, ' ', sizeof(un.dictionary));
		memcpy(un.dictionary, preset, sizeof(preset) - 1);
		unpack(&un, data, len);
	}
	*len_r = un.used;
	return un.out;
}
