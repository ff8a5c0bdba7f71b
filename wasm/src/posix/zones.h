/* The zone that TZ names, or that of the machine. */
#ifndef PYAPP_ZONES_H
#define PYAPP_ZONES_H

#include "zone_rules.h"

/* Looks at TZ again if it has changed, as functions do for which POSIX wants that. */
void pyapp_zone_follow(void);

/* What the zone has at a time; 0 if that is further from 1970 than a year can be. */
int pyapp_zone_at(long long time, struct zone_kind *kind);

/* What standard time, or daylight saving time, is called. */
const char *pyapp_zone_name(int is_dst);

#endif
