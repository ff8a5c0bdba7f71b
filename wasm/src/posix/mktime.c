/* mktime(): the time at which clocks of the zone show what a program says.
 *
 * That may be no time or two. POSIX leaves open which it is then; here it is what glibc takes. (Of two, what glibc takes may
 * depend on the call before; here it is always what its first call would.) */
#include <errno.h>
#include <time.h>

#include "posix.h"
#include "zones.h"

static int differs(int wanted, int is_dst) { return wanted >= 0 && (wanted != 0) != is_dst; }

/* The time at which clocks show `shown`, seconds from 1970 as UTC would have it; 0 if none is found. Where clocks are put
 * forward, past it, it is what they would show had that not been done yet or, if daylight saving time is wanted, already. */
static int find_shown(long long shown, int wanted, long long *time, struct zone_kind *kind)
{
    enum { PROBES = 6 };
    long long last = shown, one_before = shown;
    int last_is_dst = 0;
    *time = shown;
    for (int probe = 0; probe < PROBES; probe++) {
        if (!pyapp_zone_at(*time, kind)) {
            return 0;
        }
        long long missing = shown - (*time + kind->offset);
        int is_between_two = *time == one_before && *time != last;
        if (missing == 0 ||
            (is_between_two && (wanted < 0 ? last_is_dst <= kind->is_dst : (wanted != 0) != kind->is_dst))) {
            return 1;
        }
        one_before = last;
        last = *time;
        last_is_dst = kind->is_dst;
        *time += missing;
    }
    return 0;
}

/* The same by the offset that the zone has, within some years, when daylight saving time is as wanted; an hour if never. */
static int find_wanted(long long shown, int wanted, long long *time, struct zone_kind *kind)
{
    /* Shorter than the shortest period of daylight saving time that there has been, and half of the longest. */
    enum { STEP = 601200, MOST = 457243209 / 2 + STEP };
    for (int distance = STEP; distance < MOST; distance += STEP) {
        for (int direction = -1; direction <= 1; direction += 2) {
            if (!pyapp_zone_at(*time + (long long)distance * direction, kind)) {
                return 0;
            }
            if (!differs(wanted, kind->is_dst)) {
                *time = shown - kind->offset;
                return pyapp_zone_at(*time, kind);
            }
        }
    }
    *time += wanted == 0 ? 3600 : -3600;
    return pyapp_zone_at(*time, kind);
}

time_t mktime(struct tm *fields)
{
    pyapp_zone_follow();
    /* The seconds are counted from what is found, as 23:59:60 is no other day. */
    int seconds = fields->tm_sec < 0 ? 0 : fields->tm_sec > 59 ? 59 : fields->tm_sec, wanted = fields->tm_isdst;
    struct tm copy = *fields;
    copy.tm_sec = seconds;
    copy.tm_wday = -1;
    long long shown = timegm(&copy), found = 0;
    struct zone_kind kind;
    /* -1 is a time, too. */
    int is_found = copy.tm_wday >= 0 && find_shown(shown, wanted, &found, &kind);
    if (is_found && shown == found + kind.offset && differs(wanted, kind.is_dst)) {
        is_found = find_wanted(shown, wanted, &found, &kind);
    }
    time_t result = (time_t)(found + fields->tm_sec - seconds);
    if (!is_found || localtime_r(&result, &copy) == NULL) {
        errno = EOVERFLOW;
        return -1;
    }
    *fields = copy;
    return result;
}
