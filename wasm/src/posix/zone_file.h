/* The file of a zone: TZif, as RFC 9636 has it. */
#ifndef PYAPP_ZONE_FILE_H
#define PYAPP_ZONE_FILE_H

#include "zone_rules.h"

struct zone_file {
    /* Of the file's bytes: the times at which something changes, of 4 or 8 bytes; what they change to, a byte for each; the
     * kinds that these number, of 6 bytes. */
    const unsigned char *times, *becomes, *kinds;
    size_t time_size, count, kind_count;
    /* Names, one behind the other. */
    const char *names;
    /* What holds behind the last change, if `has_rules`. */
    struct zone_rules rules;
    int has_rules;
};

/* Reads a file, whose bytes have to stay where they are as long as `file` is used; 0 if it is none. */
int pyapp_file_read(struct zone_file *file, const unsigned char *bytes, size_t size);

/* What the file has for a time; its distance from 1970 is less than 2**56 seconds. */
struct zone_kind pyapp_file_at(const struct zone_file *file, long long time);

/* What standard time, or daylight saving time, is called now; the only name if there is one. */
const char *pyapp_file_name(const struct zone_file *file, int is_dst);

#endif
