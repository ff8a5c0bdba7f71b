/* Addresses of the internet, as programs have them and as the host is told them. */
#ifndef PYAPP_ADDRESSES_H
#define PYAPP_ADDRESSES_H

#include <netinet/in.h>
#include <sys/socket.h>

/* The longest text of an address: IPv6 with a scope behind it. */
#define ADDRESS_TEXT (INET6_ADDRSTRLEN + 12)

/* An address with its family, and what belongs to it. */
struct pyapp_address {
    union {
        sa_family_t family;
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    };
    /* How much of it there is. */
    socklen_t size;
};

/* Writes "ADDRESS/PORT", as requests have it; 0, or -1 and errno: EINVAL (too short), EAFNOSUPPORT. */
int pyapp_write_address(const struct sockaddr *address, socklen_t size, char text[ADDRESS_TEXT + 8]);

/* Reads "ADDRESS PORT", or "ADDRESS PORT FLOWINFO SCOPE"; 0, or -1 and EIO. What comes behind it is not looked at. */
int pyapp_read_address(const char *text, struct pyapp_address *address);

/* Makes an address of its text, with the scope that a percent sign may stand in front of; the port is 0. 0 or -1. */
int pyapp_parse_address(const char *text, struct pyapp_address *address);

/* Copies it out as far as there is room, and says how much there would be; nobody may want it (NULL). */
void pyapp_give_address(const struct pyapp_address *from, struct sockaddr *restrict to, socklen_t *restrict size);

#endif
