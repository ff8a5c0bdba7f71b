/* Interfaces of the network: of these the guest knows the one that every machine has. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "posix.h"

#define LOOPBACK "lo"
#define LOOPBACK_INDEX 1

unsigned if_nametoindex(const char *name)
{
    if (strcmp(name, LOOPBACK) == 0) {
        return LOOPBACK_INDEX;
    }
    errno = ENODEV;
    return 0;
}

char *if_indextoname(unsigned index, char *name)
{
    if (index == LOOPBACK_INDEX) {
        return strcpy(name, LOOPBACK);
    }
    errno = ENXIO;
    return NULL;
}

struct if_nameindex *if_nameindex(void)
{
    static const char name[] = LOOPBACK;
    struct if_nameindex *all = calloc(1, 2 * sizeof(*all) + sizeof(name));
    if (all == NULL) {
        errno = ENOBUFS;
        return NULL;
    }
    all[0] = (struct if_nameindex){.if_index = LOOPBACK_INDEX, .if_name = memcpy(all + 2, name, sizeof(name))};
    return all;
}

void if_freenameindex(struct if_nameindex *all)
{
    free(all);
}
