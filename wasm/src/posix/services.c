/* Names of protocols and services: those that everybody has heard of. */
#include <netdb.h>
#include <string.h>
#include <strings.h>

#include "posix.h"

static char *no_aliases[] = {NULL};

struct protoent *getprotobyname(const char *name)
{
    static struct protoent known[] = {
        {"ip", no_aliases, 0}, {"icmp", no_aliases, 1}, {"tcp", no_aliases, 6}, {"udp", no_aliases, 17},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcasecmp(name, known[i].p_name) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

static struct {
    const char *name;
    int port;
    int has_udp;
} services[] = {
    {"echo", 7, 1},   {"daytime", 13, 1}, {"ftp", 21, 0},   {"ssh", 22, 0},   {"telnet", 23, 0},
    {"smtp", 25, 0},  {"domain", 53, 1},  {"http", 80, 0},  {"pop3", 110, 0}, {"ntp", 123, 1},
    {"imap", 143, 0}, {"ldap", 389, 0},   {"https", 443, 0},
};

static struct servent *service(const char *name, int port, const char *protocol)
{
    static struct servent found;
    for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
        int is_udp = protocol != NULL && strcmp(protocol, "udp") == 0;
        int fits = protocol == NULL || strcmp(protocol, "tcp") == 0 || (is_udp && services[i].has_udp);
        if (fits && (name != NULL ? strcmp(name, services[i].name) == 0 : port == htons(services[i].port))) {
            found.s_name = (char *)services[i].name;
            found.s_aliases = no_aliases;
            found.s_port = htons(services[i].port);
            found.s_proto = is_udp ? "udp" : "tcp";
            return &found;
        }
    }
    return NULL;
}

struct servent *getservbyname(const char *name, const char *protocol)
{
    return service(name, 0, protocol);
}

struct servent *getservbyport(int port, const char *protocol)
{
    return service(NULL, port, protocol);
}
