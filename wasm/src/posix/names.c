/* Names of hosts and services, as far as a machine without a network knows them: itself, addresses that are written out, and
 * the services that everybody has heard of. wasi-libc has no resolver. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "posix.h"

#ifndef HOST_NOT_FOUND
#define HOST_NOT_FOUND 1
#endif

static int resolver_error;

int *__h_errno_location(void) { return &resolver_error; }

const char *hstrerror(int code)
{
    return code == 0 ? "no error" : "unknown host; the sandbox has no network to ask";
}

static char *no_aliases[] = {NULL};

/* The host with one address of the family's length. */
static struct hostent *host(const char *name, int family, const void *address, size_t size)
{
    static char own_name[256];
    static char own_address[16];
    static char *addresses[] = {own_address, NULL};
    static struct hostent own = {.h_name = own_name, .h_aliases = no_aliases, .h_addr_list = addresses};
    snprintf(own_name, sizeof(own_name), "%s", name);
    memcpy(own_address, address, size);
    own.h_addrtype = family;
    own.h_length = (int)size;
    return &own;
}

struct hostent *gethostbyname(const char *name)
{
    struct in_addr address = {.s_addr = htonl(INADDR_LOOPBACK)};
    if (strcasecmp(name, "localhost") == 0 || inet_pton(AF_INET, name, &address) == 1) {
        return host(name, AF_INET, &address, sizeof(address));
    }
    resolver_error = HOST_NOT_FOUND;
    return NULL;
}

struct hostent *gethostbyaddr(const void *address, socklen_t length, int family)
{
    if (family == AF_INET && length == 4 && *(const unsigned char *)address == 127) {
        return host("localhost", AF_INET, address, length);
    }
    resolver_error = HOST_NOT_FOUND;
    return NULL;
}

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
    {"echo", 7, 1},  {"daytime", 13, 1}, {"ftp", 21, 0},  {"ssh", 22, 0},   {"telnet", 23, 0}, {"smtp", 25, 0},  {"domain", 53, 1},
    {"http", 80, 0}, {"pop3", 110, 0},   {"ntp", 123, 1}, {"imap", 143, 0}, {"ldap", 389, 0},  {"https", 443, 0},
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

char *inet_ntoa(struct in_addr address)
{
    static char text[INET_ADDRSTRLEN];
    return (char *)inet_ntop(AF_INET, &address, text, sizeof(text));
}
