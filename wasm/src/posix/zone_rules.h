/* What a zone has at some time, and rules from which that follows. */
#ifndef PYAPP_ZONE_RULES_H
#define PYAPP_ZONE_RULES_H

#include <stddef.h>

/* Seconds east of Greenwich, whether that is daylight saving time, and what it is called. */
struct zone_kind {
    int offset, is_dst;
    const char *name;
};

/* When daylight saving time begins or ends, in each year: the day, and the seconds from its beginning. */
struct zone_change {
    enum { DAY_FROM_0, DAY_WITHOUT_LEAP, WEEKDAY_OF_MONTH } form;
    int month, week, day;
    long long time;
};

/* Standard time and daylight saving time, and when each of the other begins; `changes` counts if `has_changes`. */
struct zone_rules {
    struct zone_kind kinds[2];
    struct zone_change changes[2];
    int has_changes;
};

/* A copy of some bytes, with a NUL behind them, that is there as long as the process: programs keep names of zones. The same
 * bytes give the same copy. NULL if there is no memory. */
const char *pyapp_kept(const char *bytes, size_t size);

/* Reads rules, as TZ has them. */
void pyapp_rules_read(struct zone_rules *rules, const char *text);

/* What the rules give for a time; its distance from 1970 is less than 2**56 seconds. */
struct zone_kind pyapp_rules_at(const struct zone_rules *rules, long long time);

#endif
