/* The older calls for names of hosts, and the machine's own name. wasi-libc has no resolver. */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "posix.h"

static int resolver_error;

int *__h_errno_location(void) { return &resolver_error; }

const char *hstrerror(int code)
{
    static const char *const texts[] = {
        "Resolver Error 0 (no error)", "Unknown host", "Host name lookup failure", "Unknown server error",
        "No address associated with name",
    };
    return code >= 0 && code < (int)(sizeof(texts) / sizeof(*texts)) ? texts[code] : "Unknown resolver error";
}

/* Notes an error of getaddrinfo() as these calls have it. */
static struct hostent *fail(int error)
{
    switch (error) {
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
        resolver_error = NO_DATA;
        break;
    case EAI_AGAIN:
        resolver_error = TRY_AGAIN;
        break;
    case EAI_FAIL:
    case EAI_MEMORY:
        resolver_error = NO_RECOVERY;
        break;
    case EAI_SYSTEM:
        resolver_error = NETDB_INTERNAL;
        break;
    default:
        resolver_error = HOST_NOT_FOUND;
    }
    return NULL;
}

/* Bytes of an address of the family. */
static int length_of(int family)
{
    return family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
}

static char *bytes_of(struct pyapp_address *address)
{
    return address->family == AF_INET6 ? (char *)&address->in6.sin6_addr : (char *)&address->in.sin_addr;
}

/* A host as the callers get it; the next call overwrites it. */
static struct hostent *host(struct pyapp_found *found, int family)
{
    static char *no_aliases[] = {NULL};
    static char *addresses[MOST_ADDRESSES + 1];
    static struct hostent own;
    for (int i = 0; i < found->count; i++) {
        addresses[i] = bytes_of(&found->addresses[i]);
    }
    addresses[found->count] = NULL;
    own = (struct hostent){
        .h_name = found->name,
        .h_aliases = no_aliases,
        .h_addrtype = family,
        .h_length = length_of(family),
        .h_addr_list = addresses,
    };
    return &own;
}

int gethostname(char *name, size_t size)
{
    static const char own[] = OWN_NAME;
    if (size < sizeof(own)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(name, own);
    return 0;
}

struct hostent *gethostbyname2(const char *name, int family)
{
    static struct pyapp_found found;
    if (family != AF_INET && family != AF_INET6) {
        errno = EAFNOSUPPORT;
        return fail(EAI_FAIL);
    }
    int error = pyapp_look_up(name, family, 0, &found);
    return error != 0 ? fail(error) : host(&found, family);
}

struct hostent *gethostbyname(const char *name)
{
    return gethostbyname2(name, AF_INET);
}

struct hostent *gethostbyaddr(const void *bytes, socklen_t length, int family)
{
    static struct pyapp_found found;
    struct pyapp_address *address = &found.addresses[0];
    if ((family != AF_INET && family != AF_INET6) || length != (socklen_t)length_of(family)) {
        errno = family != AF_INET && family != AF_INET6 ? EAFNOSUPPORT : EINVAL;
        return fail(EAI_FAIL);
    }
    memset(address, 0, sizeof(*address));
    address->family = (sa_family_t)family;
    memcpy(bytes_of(address), bytes, length);
    found.count = 1;
    int error = pyapp_look_up_address(address, found.name);
    return error != 0 ? fail(error) : host(&found, family);
}
