/* See addresses.h. */
#include "addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "posix.h"

/* What an address of IPv6 has at least: programs need not know scopes. */
#define SHORTEST_IN6 offsetof(struct sockaddr_in6, sin6_scope_id)

int pyapp_write_address(const struct sockaddr *address, socklen_t size, char text[ADDRESS_TEXT + 8])
{
    char number[INET6_ADDRSTRLEN];
    struct sockaddr_in6 in6 = {0};
    struct sockaddr_in in;
    if (address == NULL || size < sizeof(sa_family_t)) {
        errno = EINVAL;
        return -1;
    }
    if (address->sa_family == AF_INET && size >= sizeof(in)) {
        memcpy(&in, address, sizeof(in));
        inet_ntop(AF_INET, &in.sin_addr, number, sizeof(number));
        sprintf(text, "%s/%u", number, ntohs(in.sin_port));
        return 0;
    }
    if (address->sa_family == AF_INET6 && size >= SHORTEST_IN6) {
        memcpy(&in6, address, size < sizeof(in6) ? size : sizeof(in6));
        inet_ntop(AF_INET6, &in6.sin6_addr, number, sizeof(number));
        if (in6.sin6_scope_id != 0) {
            sprintf(text, "%s%%%u/%u", number, in6.sin6_scope_id, ntohs(in6.sin6_port));
        } else {
            sprintf(text, "%s/%u", number, ntohs(in6.sin6_port));
        }
        return 0;
    }
    errno = address->sa_family == AF_INET || address->sa_family == AF_INET6 ? EINVAL : EAFNOSUPPORT;
    return -1;
}

int pyapp_parse_address(const char *text, struct pyapp_address *address)
{
    char number[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "%");
    memset(address, 0, sizeof(*address));
    if (length >= sizeof(number)) {
        return -1;
    }
    memcpy(number, text, length);
    number[length] = '\0';
    if (text[length] == '\0' && inet_pton(AF_INET, number, &address->in.sin_addr) == 1) {
        address->family = AF_INET;
        address->size = sizeof(address->in);
        return 0;
    }
    memset(address, 0, sizeof(*address));
    if (inet_pton(AF_INET6, number, &address->in6.sin6_addr) != 1) {
        return -1;
    }
    if (text[length] == '%') {
        char *end;
        unsigned long long scope = strtoull(text + length + 1, &end, 10);
        if (text[length + 1] < '0' || text[length + 1] > '9' || *end != '\0' || scope > UINT32_MAX) {
            return -1;
        }
        address->in6.sin6_scope_id = (uint32_t)scope;
    }
    address->family = AF_INET6;
    address->size = sizeof(address->in6);
    return 0;
}

int pyapp_read_address(const char *text, struct pyapp_address *address)
{
    char word[ADDRESS_TEXT];
    unsigned port, flow = 0, scope = 0;
    _Static_assert(ADDRESS_TEXT > 57, "as sscanf is told");
    int found = sscanf(text, "%57s %u %u %u", word, &port, &flow, &scope);
    if (found < 2 || port > UINT16_MAX || pyapp_parse_address(word, address) != 0) {
        errno = EIO;
        return -1;
    }
    if (address->family == AF_INET) {
        address->in.sin_port = htons((uint16_t)port);
        return 0;
    }
    address->in6.sin6_port = htons((uint16_t)port);
    if (found == 4) {
        address->in6.sin6_flowinfo = htonl(flow);
        address->in6.sin6_scope_id = scope;
    }
    return 0;
}

void pyapp_give_address(const struct pyapp_address *from, struct sockaddr *restrict to, socklen_t *restrict size)
{
    if (to == NULL || size == NULL) {
        return;
    }
    memcpy(to, &from->any, *size < from->size ? *size : from->size);
    *size = from->size;
}

/* One to four numbers, decimal, octal or hexadecimal; the last stands for all bytes that are left. musl's takes a number that
 * is too large for the largest. */
int inet_aton(const char *text, struct in_addr *address)
{
    uint32_t all = 0;
    for (int left = 32;;) {
        char *end;
        unsigned long long part = strtoull(text, &end, 0);
        if (*text < '0' || *text > '9' || (*end != '.' && *end != '\0')) {
            return 0;
        }
        if (*end == '\0') {
            if (part >= 1ull << left) {
                return 0;
            }
            address->s_addr = htonl(all | (uint32_t)part);
            return 1;
        }
        left -= 8;
        if (part > 255 || left == 0) {
            return 0;
        }
        all |= (uint32_t)part << left;
        text = end + 1;
    }
}

char *inet_ntoa(struct in_addr address)
{
    static char text[INET_ADDRSTRLEN];
    return (char *)inet_ntop(AF_INET, &address, text, sizeof(text));
}

in_addr_t inet_addr(const char *text)
{
    struct in_addr address;
    return inet_aton(text, &address) ? address.s_addr : INADDR_NONE;
}
