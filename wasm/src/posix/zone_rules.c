/* The rules of a zone as POSIX has them in TZ, and as they stand at the end of a zone's file:
 *
 *   NAME OFFSET [NAME [OFFSET] [,CHANGE[/TIME],CHANGE[/TIME]]]     CET-1CEST,M3.5.0,M10.5.0/3
 *
 * The first name is that of standard time. A CHANGE is `Mmonth.week.weekday`, `Jday` (1 to 365, without 29 February) or
 * `day` (0 to 365). Offsets are west of Greenwich. What is malformed means what it means to glibc, since programs see that
 * natively: what could be read counts, and the rest is as if it were zero. */
#include "zone_rules.h"

#include <stdlib.h>
#include <string.h>

#define HOUR 3600
#define DAY 86400

const char *pyapp_kept(const char *bytes, size_t size)
{
    static struct kept {
        struct kept *next;
        size_t size;
        char bytes[];
    } *all;
    for (const struct kept *each = all; each != NULL; each = each->next) {
        if (each->size == size && memcmp(each->bytes, bytes, size) == 0) {
            return each->bytes;
        }
    }
    struct kept *made = malloc(sizeof(*made) + size + 1);
    if (made == NULL) {
        return NULL;
    }
    made->next = all;
    made->size = size;
    memcpy(made->bytes, bytes, size);
    made->bytes[size] = '\0';
    all = made;
    return made->bytes;
}

/* ---- Reading. Each function moves `at` behind what it has read, and returns 0 if that is not what it should be. ---- */

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* A number; one that is too large for anything is MOST. */
static int read_number(const char **at, int *number)
{
    enum { MOST = 100000 };
    if (!is_digit(**at)) {
        return 0;
    }
    for (*number = 0; is_digit(**at); ++*at) {
        *number = *number * 10 + (**at - '0');
        *number = *number > MOST ? MOST : *number;
    }
    return 1;
}

/* Hours, minutes and seconds, of which the last may be missing. */
static int read_time(const char **at, int parts[3])
{
    if (!read_number(at, &parts[0])) {
        return 0;
    }
    for (int i = 1; i < 3 && **at == ':' && is_digit((*at)[1]); i++) {
        ++*at;
        read_number(at, &parts[i]);
    }
    return 1;
}

static int read_name(const char **at, const char **name)
{
    const char *start = *at, *end = start;
    while (is_letter(*end)) {
        end++;
    }
    int is_quoted = end - start < 3 && *start == '<';
    if (is_quoted) {
        for (end = ++start; is_letter(*end) || is_digit(*end) || *end == '+' || *end == '-';) {
            end++;
        }
    }
    if (end - start < 3 || (is_quoted && *end != '>')) {
        return 0;
    }
    const char *kept = pyapp_kept(start, (size_t)(end - start));
    *name = kept == NULL ? "" : kept;
    *at = end + is_quoted;
    return 1;
}

static int least(int number, int most) { return number < most ? number : most; }

/* An offset, of 24 hours at most; `missing` if there is none. */
static int read_offset(const char **at, int *offset, int missing)
{
    int sign = **at == '-' ? 1 : -1, parts[3] = {0};
    *at += **at == '-' || **at == '+';
    if (!read_time(at, parts)) {
        *offset = missing;
        return 0;
    }
    *offset = sign * (least(parts[0], 24) * HOUR + least(parts[1], 59) * 60 + least(parts[2], 59));
    return 1;
}

/* The day of a change; the rules of the United States if nothing follows, as glibc has it. */
static int read_day(const char **at, struct zone_change *change, int is_start)
{
    if (**at == '\0') {
        *change = (struct zone_change){.form = WEEKDAY_OF_MONTH, .month = is_start ? 3 : 11, .week = is_start ? 2 : 1};
        return 1;
    }
    if (**at != 'M') {
        change->form = **at == 'J' ? DAY_WITHOUT_LEAP : DAY_FROM_0;
        *at += change->form == DAY_WITHOUT_LEAP;
        int day;
        if (!read_number(at, &day) || day > 365 || (day == 0 && change->form == DAY_WITHOUT_LEAP)) {
            return 0;
        }
        change->day = day;
        return 1;
    }
    int *parts[] = {&change->month, &change->week, &change->day};
    for (int i = 0; i < 3; i++) {
        if (**at != (i == 0 ? 'M' : '.')) {
            return 0;
        }
        ++*at;
        if (!read_number(at, parts[i])) {
            return 0;
        }
    }
    change->form = WEEKDAY_OF_MONTH;
    return change->month >= 1 && change->month <= 12 && change->week >= 1 && change->week <= 5 && change->day <= 6;
}

static int read_change(const char **at, struct zone_change *change, int is_start)
{
    struct zone_change read = {0};
    *at += **at == ',';
    if (!read_day(at, &read, is_start) || (**at != '\0' && **at != '/' && **at != ',')) {
        return 0;
    }
    int parts[3] = {2}, sign = 1;
    if (**at == '/') {
        ++*at;
        sign = **at == '-' ? -1 : 1;
        *at += sign < 0;
        if (**at == '\0') {
            return 0;
        }
        read_time(at, parts);
    }
    read.time = sign * ((long long)parts[0] * HOUR + parts[1] * 60LL + parts[2]);
    *change = read;
    return 1;
}

void pyapp_rules_read(struct zone_rules *rules, const char *text)
{
    struct zone_kind *standard = &rules->kinds[0], *daylight = &rules->kinds[1];
    *rules = (struct zone_rules){.kinds = {{0, 0, ""}, {0, 1, ""}}};
    if (!read_name(&text, &standard->name) || !read_offset(&text, &standard->offset, 0)) {
        return;
    }
    if (*text == '\0') {
        daylight->name = standard->name;
        return;
    }
    rules->has_changes = 1;
    if (read_name(&text, &daylight->name)) {
        read_offset(&text, &daylight->offset, standard->offset + HOUR);
    }
    if (read_change(&text, &rules->changes[0], 1)) {
        read_change(&text, &rules->changes[1], 0);
    }
}

/* ---- Times. ---- */

static int is_leap(long long year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970 to the beginning of a later year. */
static long long days_before(long long year)
{
    enum { LEAP_DAYS_BEFORE_1970 = 477 };
    long long past = year - 1;
    return (year - 1970) * 365 + past / 4 - past / 100 + past / 400 - LEAP_DAYS_BEFORE_1970;
}

/* The time of a change, given the offset before it. */
static long long time_of(const struct zone_change *change, long long year, int offset)
{
    static const short days_to_month[2][13] = {
        {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
        {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366},
    };
    long long day = days_before(year);
    if (change->form == WEEKDAY_OF_MONTH) {
        const short *to_month = days_to_month[is_leap(year)] + change->month - 1;
        day += to_month[0];
        /* 1970 began with a Thursday. */
        int weekday = (int)((day + 4) % 7);
        int date = (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
        /* The fifth is the last. */
        day += date < to_month[1] - to_month[0] ? date : date - 7;
    } else {
        int is_leap_day_behind = change->form == DAY_WITHOUT_LEAP && !(is_leap(year) && change->day > 59);
        day += change->day - is_leap_day_behind;
    }
    return day * DAY + change->time - offset;
}

struct zone_kind pyapp_rules_at(const struct zone_rules *rules, long long time)
{
    enum { AVERAGE_YEAR = 31556952 };
    if (!rules->has_changes) {
        return rules->kinds[0];
    }
    /* The last change that is not in the future. The division is a day off at most. As in glibc the first is in 1970. */
    long long year = 1970 + (time < 0 ? 0 : time / AVERAGE_YEAR + 1), earliest = year > 1973 ? year - 3 : 1970;
    long long start, end;
    do {
        start = time_of(&rules->changes[0], year, rules->kinds[0].offset);
        end = time_of(&rules->changes[1], year, rules->kinds[1].offset);
        if (start <= time || end <= time) {
            return rules->kinds[start <= time && (end > time || start > end)];
        }
    } while (--year >= earliest);
    return rules->kinds[end < start];
}
