/* The file of a zone, TZif (RFC 9636):
 *
 *   block                version 1: times of 4 bytes
 *   block, \n RULES \n   from version 2 on, and then instead of the first: times of 8 bytes
 *
 * A block is a header of 44 bytes with the counts, and then what is counted: times, the kind that each begins, kinds, names,
 * leap seconds, and two marks for each kind. Numbers are big-endian. Leap seconds are not counted, as in most C libraries
 * and in Python's zoneinfo. The file may be anybody's, so nothing in it is believed. */
#include "zone_file.h"

#include <string.h>

enum { HEADER = 44, KIND = 6 };

/* Offsets that the RFC allows, seconds. */
enum { LEAST_OFFSET = -89999, MOST_OFFSET = 93599 };

static long long number(const unsigned char *bytes, size_t size)
{
    unsigned long long value = bytes[0] >= 0x80 ? ~0ULL : 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | bytes[i];
    }
    return (long long)value;
}

/* Where the parts of a block are, and its end; NULL if it is not all there. */
static const unsigned char *read_block(struct zone_file *file, const unsigned char *bytes, const unsigned char *end,
                                       size_t time_size, size_t *names_size)
{
    if (end - bytes < HEADER || memcmp(bytes, "TZif", 4) != 0) {
        return NULL;
    }
    /* Marks for universal and for standard time, leap seconds, times, kinds, bytes of names. */
    unsigned long long counts[6], total = 0;
    const size_t sizes[6] = {1, 1, time_size + 4, time_size + 1, KIND, 1};
    for (int i = 0; i < 6; i++) {
        counts[i] = (unsigned long long)number(bytes + 20 + 4 * i, 4) & 0xffffffff;
        total += counts[i] * sizes[i];
    }
    if (total > (unsigned long long)(end - bytes - HEADER)) {
        return NULL;
    }
    file->time_size = time_size;
    file->count = (size_t)counts[3];
    file->kind_count = (size_t)counts[4];
    *names_size = (size_t)counts[5];
    file->times = bytes + HEADER;
    file->becomes = file->times + file->count * time_size;
    file->kinds = file->becomes + file->count;
    file->names = (const char *)(file->kinds + file->kind_count * KIND);
    return bytes + HEADER + total;
}

static struct zone_kind kind(const struct zone_file *file, size_t index)
{
    const unsigned char *kind = file->kinds + index * KIND;
    return (struct zone_kind){(int)number(kind, 4), kind[4] != 0, file->names + kind[5]};
}

/* Whether all that is numbered is there, and names no offset that cannot be. */
static int is_sound(const struct zone_file *file, size_t names_size)
{
    if (file->kind_count == 0) {
        return 0;
    }
    for (size_t i = 0; i < file->count; i++) {
        if (file->becomes[i] >= file->kind_count) {
            return 0;
        }
    }
    for (size_t i = 0; i < file->kind_count; i++) {
        int offset = kind(file, i).offset;
        if (file->kinds[i * KIND + 5] >= names_size || offset < LEAST_OFFSET || offset > MOST_OFFSET) {
            return 0;
        }
    }
    return 1;
}

/* Reads the rules behind a block, if there are any. */
static void read_rules(struct zone_file *file, const unsigned char *at, const unsigned char *end)
{
    char text[128];
    const unsigned char *stop = at == end || *at != '\n' ? NULL : memchr(at + 1, '\n', (size_t)(end - at - 1));
    size_t length = stop == NULL ? 0 : (size_t)(stop - at - 1);
    file->has_rules = length > 0 && length < sizeof(text);
    if (file->has_rules) {
        memcpy(text, at + 1, length);
        text[length] = '\0';
        pyapp_rules_read(&file->rules, text);
    }
}

int pyapp_file_read(struct zone_file *file, const unsigned char *bytes, size_t size)
{
    const unsigned char *end = bytes + size;
    size_t names_size;
    const unsigned char *behind = read_block(file, bytes, end, 4, &names_size);
    file->has_rules = 0;
    if (behind != NULL && bytes[4] >= '2') {
        behind = read_block(file, behind, end, 8, &names_size);
    }
    if (behind == NULL || !is_sound(file, names_size)) {
        return 0;
    }
    if (file->time_size == 8) {
        read_rules(file, behind, end);
    }
    file->names = pyapp_kept(file->names, names_size);
    return file->names != NULL;
}

struct zone_kind pyapp_file_at(const struct zone_file *file, long long time)
{
    /* How many changes there have been. */
    size_t least = 0, most = file->count;
    while (least < most) {
        size_t middle = least + (most - least) / 2;
        if (number(file->times + middle * file->time_size, file->time_size) <= time) {
            least = middle + 1;
        } else {
            most = middle;
        }
    }
    if (least == file->count && file->has_rules) {
        return pyapp_rules_at(&file->rules, time);
    }
    return kind(file, least == 0 ? 0 : file->becomes[least - 1]);
}

const char *pyapp_file_name(const struct zone_file *file, int is_dst)
{
    if (file->has_rules) {
        return file->rules.kinds[is_dst].name;
    }
    struct zone_kind last = kind(file, file->count == 0 ? 0 : file->becomes[file->count - 1]), found = last;
    for (size_t i = file->count; i > 0 && found.is_dst != is_dst; i--) {
        found = kind(file, file->becomes[i - 1]);
    }
    return found.is_dst == is_dst ? found.name : last.name;
}
