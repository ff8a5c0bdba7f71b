/* Names of hosts, as far as a machine without a network knows them: itself, and addresses that are written out. wasi-libc has
 * no resolver. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "posix.h"

#ifndef HOST_NOT_FOUND
#define HOST_NOT_FOUND 1
#endif

#define LOCALHOST "localhost"

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

int gethostname(char *name, size_t size)
{
    static const char own[] = LOCALHOST;
    if (size < sizeof(own)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(name, own);
    return 0;
}

struct hostent *gethostbyname(const char *name)
{
    struct in_addr address = {.s_addr = htonl(INADDR_LOOPBACK)};
    if (strcasecmp(name, LOCALHOST) == 0 || inet_pton(AF_INET, name, &address) == 1) {
        return host(name, AF_INET, &address, sizeof(address));
    }
    resolver_error = HOST_NOT_FOUND;
    return NULL;
}

struct hostent *gethostbyaddr(const void *address, socklen_t length, int family)
{
    if (family == AF_INET && length == 4 && *(const unsigned char *)address == 127) {
        return host(LOCALHOST, AF_INET, address, length);
    }
    resolver_error = HOST_NOT_FOUND;
    return NULL;
}

char *inet_ntoa(struct in_addr address)
{
    static char text[INET_ADDRSTRLEN];
    return (char *)inet_ntop(AF_INET, &address, text, sizeof(text));
}
