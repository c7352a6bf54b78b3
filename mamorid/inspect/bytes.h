#ifndef MM_INSPECT_BYTES_H
#define MM_INSPECT_BYTES_H

#include <stdint.h>

/* Little-endian numbers as file formats hold them; the caller has checked that
 * the bytes are there. */
static inline uint16_t mm_le16(const unsigned char *data)
{
	return (uint16_t)(data[0] | data[1] << 8);
}

static inline uint32_t mm_le32(const unsigned char *data)
{
	return (uint32_t)mm_le16(data) | (uint32_t)mm_le16(data + 2) << 16;
}

static inline uint64_t mm_le64(const unsigned char *data)
{
	return (uint64_t)mm_le32(data) | (uint64_t)mm_le32(data + 4) << 32;
}

#endif
