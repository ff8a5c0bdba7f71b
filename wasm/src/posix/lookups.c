/* getaddrinfo() and getnameinfo(), with the rules and the words of glibc. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "posix.h"

#define HINTS (AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG | AI_NUMERICSERV)
#define NAME_FLAGS (NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM | NI_NUMERICSCOPE)

/* Kinds of sockets, each once for each address. */
static const struct kind {
    int type, protocol;
    const char *name;
} kinds[] = {{SOCK_STREAM, IPPROTO_TCP, "tcp"}, {SOCK_DGRAM, IPPROTO_UDP, "udp"}, {SOCK_RAW, 0, NULL}};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* One of them, and the port that its service has. */
struct service {
    const struct kind *kind;
    int protocol;
    in_port_t port;
};

static int is_wanted(const struct kind *kind, const struct addrinfo *hints)
{
    return (hints->ai_socktype == 0 || hints->ai_socktype == kind->type) &&
           (hints->ai_protocol == 0 || kind->protocol == 0 || hints->ai_protocol == kind->protocol) &&
           (hints->ai_socktype != 0 || hints->ai_protocol == 0 || kind->protocol != 0);
}

/* A port in digits, in the order of the network; 0, or EAI_NONAME if it is a name. */
static int read_port(const char *text, in_port_t *port)
{
    char *end;
    long long number = strtoll(text, &end, 10);
    if (*end != '\0') {
        return EAI_NONAME;
    }
    *port = htons((uint16_t)number);
    return number < 0 || number > UINT16_MAX ? EAI_SERVICE : 0;
}

/* The kinds of sockets that are asked for and have such a service; 0 or an error. */
static int find_services(const char *text, const struct addrinfo *hints, struct service found[KINDS], size_t *count)
{
    in_port_t port = 0;
    int error = text != NULL ? read_port(text, &port) : 0;
    int is_name = error == EAI_NONAME;
    *count = 0;
    if (error != 0 && (!is_name || hints->ai_flags & AI_NUMERICSERV)) {
        return error;
    }
    int known = 0;
    for (size_t i = 0; i < KINDS; i++) {
        const struct kind *kind = &kinds[i];
        if (!is_wanted(kind, hints)) {
            continue;
        }
        known = 1;
        if (is_name) {
            const struct servent *service = kind->name != NULL ? getservbyname(text, kind->name) : NULL;
            if (service == NULL) {
                continue;
            }
            port = (in_port_t)service->s_port;
        }
        int protocol = kind->protocol != 0 ? kind->protocol : hints->ai_protocol;
        found[(*count)++] = (struct service){.kind = kind, .protocol = protocol, .port = port};
    }
    if (*count > 0) {
        return 0;
    }
    return !known && hints->ai_socktype != 0 ? EAI_SOCKTYPE : EAI_SERVICE;
}

/* Addresses of IPv4 as IPv6 writes them. */
static void map(struct pyapp_found *found)
{
    for (int i = 0; i < found->count; i++) {
        struct pyapp_address *address = &found->addresses[i];
        struct in_addr in = address->in.sin_addr;
        if (address->family == AF_INET) {
            memset(address, 0, sizeof(*address));
            address->in6.sin6_family = AF_INET6;
            memset(&address->in6.sin6_addr.s6_addr[10], 0xff, 2);
            memcpy(&address->in6.sin6_addr.s6_addr[12], &in, sizeof(in));
            address->size = sizeof(address->in6);
        }
    }
}

/* The addresses that no name stands for: those to listen at, or the machine's own. */
static void find_own(const struct addrinfo *hints, struct pyapp_found *found)
{
    /* In glibc's order. */
    static const char *const passive[] = {"0.0.0.0", "::"}, *const active[] = {"::1", "127.0.0.1"};
    const char *const *own = hints->ai_flags & AI_PASSIVE ? passive : active;
    found->count = 0;
    for (int i = 0; i < 2; i++) {
        struct pyapp_address *address = &found->addresses[found->count];
        if (pyapp_parse_address(own[i], address) == 0 &&
            (hints->ai_family == AF_UNSPEC || hints->ai_family == address->family)) {
            found->count++;
        }
    }
}

static int find_addresses(const char *name, const struct addrinfo *hints, struct pyapp_found *found)
{
    int family = hints->ai_family, flags = hints->ai_flags;
    if (name == NULL) {
        find_own(hints, found);
        return 0;
    }
    int maps = family == AF_INET6 && (flags & AI_V4MAPPED);
    int error = pyapp_look_up(name, maps && (flags & AI_ALL) ? AF_UNSPEC : family, flags & AI_NUMERICHOST, found);
    if (maps && (error == EAI_NODATA || error == EAI_ADDRFAMILY)) {
        error = pyapp_look_up(name, AF_INET, flags & AI_NUMERICHOST, found);
    }
    if (maps && error == 0) {
        map(found);
    }
    return error;
}

/* One result, in one piece of memory with its address and its name; NULL if there is no memory. */
static struct addrinfo *result(const struct pyapp_address *address, const struct service *service, const char *name)
{
    struct {
        struct addrinfo info;
        struct sockaddr_in6 address;
        char name[];
    } *one = calloc(1, sizeof(*one) + (name != NULL ? strlen(name) + 1 : 0));
    if (one == NULL) {
        return NULL;
    }
    memcpy(&one->address, &address->any, address->size);
    /* The port is in the same place in both families. */
    one->address.sin6_port = service->port;
    one->info = (struct addrinfo){
        .ai_family = address->family,
        .ai_socktype = service->kind->type,
        .ai_protocol = service->protocol,
        .ai_addrlen = address->size,
        .ai_addr = (struct sockaddr *)&one->address,
    };
    if (name != NULL) {
        one->info.ai_canonname = strcpy(one->name, name);
    }
    return &one->info;
}

int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict results)
{
    static const struct addrinfo any = {.ai_flags = AI_V4MAPPED | AI_ADDRCONFIG, .ai_family = AF_UNSPEC};
    struct service services[KINDS];
    size_t count;
    hints = hints != NULL ? hints : &any;
    if (name == NULL && service == NULL) {
        return EAI_NONAME;
    }
    if ((hints->ai_flags & ~HINTS) || ((hints->ai_flags & AI_CANONNAME) && name == NULL)) {
        return EAI_BADFLAGS;
    }
    if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET && hints->ai_family != AF_INET6) {
        return EAI_FAMILY;
    }
    int error = find_services(service, hints, services, &count);
    if (error != 0) {
        return error;
    }
    struct pyapp_found *found = malloc(sizeof(*found));
    if (found == NULL) {
        return EAI_MEMORY;
    }
    error = find_addresses(name, hints, found);
    struct addrinfo *first = NULL, **next = &first;
    for (int i = 0; error == 0 && i < found->count; i++) {
        for (size_t j = 0; error == 0 && j < count; j++) {
            int has_name = first == NULL && (hints->ai_flags & AI_CANONNAME);
            *next = result(&found->addresses[i], &services[j], has_name ? found->name : NULL);
            if (*next == NULL) {
                error = EAI_MEMORY;
            } else {
                next = &(*next)->ai_next;
            }
        }
    }
    int number = errno;
    free(found);
    if (error != 0) {
        freeaddrinfo(first);
        errno = number;
        return error;
    }
    *results = first;
    return 0;
}

void freeaddrinfo(struct addrinfo *results)
{
    while (results != NULL) {
        struct addrinfo *next = results->ai_next;
        free(results);
        results = next;
    }
}

/* ---- The other way ---- */

static int write_number(const struct pyapp_address *address, int flags, char *text, size_t size)
{
    char scope[IF_NAMESIZE + 2] = "", number[INET6_ADDRSTRLEN];
    const void *bytes = &address->in.sin_addr;
    if (address->family == AF_INET6) {
        unsigned index = address->in6.sin6_scope_id;
        bytes = &address->in6.sin6_addr;
        int is_local = IN6_IS_ADDR_LINKLOCAL(&address->in6.sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&address->in6.sin6_addr);
        if (index != 0 && (!is_local || (flags & NI_NUMERICSCOPE) || if_indextoname(index, scope + 1) == NULL)) {
            sprintf(scope + 1, "%u", index);
        }
        scope[0] = index != 0 ? '%' : '\0';
    }
    inet_ntop(address->family, bytes, number, sizeof(number));
    return (size_t)snprintf(text, size, "%s%s", number, scope) < size ? 0 : EAI_OVERFLOW;
}

static int write_host(const struct pyapp_address *address, int flags, char *text, size_t size)
{
    char name[LONGEST_NAME + 1];
    int error = flags & NI_NUMERICHOST ? EAI_NONAME : pyapp_look_up_address(address, name);
    if (error == 0) {
        return (size_t)snprintf(text, size, "%s", name) < size ? 0 : EAI_OVERFLOW;
    }
    return flags & NI_NAMEREQD ? error : write_number(address, flags, text, size);
}

static int write_service(in_port_t port, int flags, char *text, size_t size)
{
    const struct servent *service =
        flags & NI_NUMERICSERV ? NULL : getservbyport(port, flags & NI_DGRAM ? "udp" : "tcp");
    int length = service != NULL ? snprintf(text, size, "%s", service->s_name) : snprintf(text, size, "%u", ntohs(port));
    return (size_t)length < size ? 0 : EAI_OVERFLOW;
}

int getnameinfo(const struct sockaddr *restrict from, socklen_t length, char *restrict host, socklen_t host_size,
                char *restrict service, socklen_t service_size, int flags)
{
    struct pyapp_address address = {0};
    if (flags & ~NAME_FLAGS) {
        return EAI_BADFLAGS;
    }
    if (length < sizeof(sa_family_t)) {
        return EAI_FAMILY;
    }
    if ((host == NULL || host_size == 0) && (service == NULL || service_size == 0)) {
        return EAI_NONAME;
    }
    address.size = from->sa_family == AF_INET ? sizeof(address.in) : sizeof(address.in6);
    if ((from->sa_family != AF_INET && from->sa_family != AF_INET6) || length < address.size) {
        return EAI_FAMILY;
    }
    memcpy(&address.any, from, address.size);
    int error = host != NULL && host_size > 0 ? write_host(&address, flags, host, host_size) : 0;
    if (error == 0 && service != NULL && service_size > 0) {
        /* The port is in the same place in both families. */
        error = write_service(address.in.sin_port, flags, service, service_size);
    }
    return error;
}

const char *gai_strerror(int error)
{
    static const struct {
        int error;
        const char *text;
    } texts[] = {
        {EAI_ADDRFAMILY, "Address family for hostname not supported"},
        {EAI_AGAIN, "Temporary failure in name resolution"},
        {EAI_BADFLAGS, "Bad value for ai_flags"},
        {EAI_FAIL, "Non-recoverable failure in name resolution"},
        {EAI_FAMILY, "ai_family not supported"},
        {EAI_MEMORY, "Memory allocation failure"},
        {EAI_NODATA, "No address associated with hostname"},
        {EAI_NONAME, "Name or service not known"},
        {EAI_SERVICE, "Servname not supported for ai_socktype"},
        {EAI_SOCKTYPE, "ai_socktype not supported"},
        {EAI_SYSTEM, "System error"},
        {EAI_OVERFLOW, "Result too large for supplied buffer"},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (texts[i].error == error) {
            return texts[i].text;
        }
    }
    return "Unknown error";
}
