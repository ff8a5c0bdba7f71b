/* Names of hosts. */
#ifndef PYAPP_NAMES_H
#define PYAPP_NAMES_H

#include "addresses.h"

/* What the machine that the guest is calls itself. */
#define OWN_NAME "localhost"

/* Most addresses that a name has, and the longest name. */
#define MOST_ADDRESSES 64
#define LONGEST_NAME 255

struct pyapp_found {
    char name[LONGEST_NAME + 1];
    int count;
    struct pyapp_address addresses[MOST_ADDRESSES];
};

/* The addresses of a name, or of a text that is an address. The family is AF_INET, AF_INET6, or AF_UNSPEC for both. 0, or an error
 * of getaddrinfo(): EAI_SYSTEM with EACCES if it may not be looked up. */
int pyapp_look_up(const char *name, int family, int is_number, struct pyapp_found *found);

/* The name of an address; 0, or an error as above. */
int pyapp_look_up_address(const struct pyapp_address *address, char name[LONGEST_NAME + 1]);

#endif
