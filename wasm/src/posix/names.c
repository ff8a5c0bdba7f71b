/* See names.h. Addresses in digits are known here, and the name of loopback's; all else the host looks up, if the app may. */
#include "names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "abi.h"
#include "posix.h"
#include "request.h"

/* The error that the first word of an answer stands for, or 0. */
static int error_of(const char *word)
{
    static const struct {
        const char *word;
        int error;
    } errors[] = {
        {"ok", 0}, {"noname", EAI_NONAME}, {"nodata", EAI_NODATA}, {"again", EAI_AGAIN}, {"fail", EAI_FAIL},
    };
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        if (strcmp(word, errors[i].word) == 0) {
            return errors[i].error;
        }
    }
    errno = strcmp(word, "denied") == 0 ? EACCES : EIO;
    return EAI_SYSTEM;
}

/* Letters, digits, dots and what else is in names of hosts: nothing that a request would take apart. */
static int is_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t length = strlen(name);
    return length > 0 && length < LONGEST_NAME && strspn(name, allowed) == length && *name != '.' &&
           strstr(name, "..") == NULL;
}

static void add(struct pyapp_found *found, int family, const char *text)
{
    struct pyapp_address *address = &found->addresses[found->count];
    if (found->count < MOST_ADDRESSES && pyapp_parse_address(text, address) == 0 &&
        (family == AF_UNSPEC || address->family == family)) {
        found->count++;
    }
}

/* Reads the answer of a lookup: "ok NAME", and an address a line. */
static int read_found(char *text, int family, struct pyapp_found *found)
{
    char *rest = text, *line = strsep(&rest, "\n");
    char *name = line, *word = strsep(&name, " ");
    int error = error_of(word);
    if (error != 0) {
        return error;
    }
    if (name != NULL && *name != '\0') {
        snprintf(found->name, sizeof(found->name), "%s", name);
    }
    while ((line = strsep(&rest, "\n")) != NULL) {
        add(found, family, line);
    }
    return found->count > 0 ? 0 : EAI_NODATA;
}

/* Reads the answer of a request; 0 or an error. */
static int ask(const char *what, const char *about, char *text, size_t size)
{
    int answer = pyapp_request("%s/%s", what, about);
    if (answer < 0) {
        /* Another host has no network. */
        return errno == ENOSYS ? EAI_AGAIN : EAI_SYSTEM;
    }
    return pyapp_read_answer(answer, text, size) == 0 ? 0 : EAI_SYSTEM;
}

/* An address in digits, with the name or the number of a scope; 0, EAI_NONAME (it is none) or EAI_ADDRFAMILY. */
static int read_number(const char *name, int family, struct pyapp_address *address)
{
    char plain[ADDRESS_TEXT];
    struct in_addr in;
    if (inet_aton(name, &in)) {
        memset(address, 0, sizeof(*address));
        address->in = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = in};
        address->size = sizeof(address->in);
    } else if (pyapp_parse_address(name, address) != 0) {
        size_t length = strcspn(name, "%");
        unsigned scope = name[length] == '%' ? if_nametoindex(name + length + 1) : 0;
        if (scope == 0 || length >= sizeof(plain)) {
            return EAI_NONAME;
        }
        memcpy(plain, name, length);
        plain[length] = '\0';
        if (pyapp_parse_address(plain, address) != 0 || address->family != AF_INET6) {
            return EAI_NONAME;
        }
        address->in6.sin6_scope_id = scope;
    }
    return family == AF_UNSPEC || family == address->family ? 0 : EAI_ADDRFAMILY;
}

int pyapp_look_up(const char *name, int family, int is_number, struct pyapp_found *found)
{
    char about[LONGEST_NAME + 8], text[LONGEST_NAME + 8 + (ADDRESS_TEXT + 1) * MOST_ADDRESSES];
    found->count = 0;
    snprintf(found->name, sizeof(found->name), "%s", name);
    int error = read_number(name, family, &found->addresses[0]);
    if (error != EAI_NONAME) {
        found->count = error == 0;
        return error;
    }
    if (is_number || !is_name(name)) {
        return EAI_NONAME;
    }
    snprintf(about, sizeof(about), "%s/%s", family == AF_INET ? "inet" : family == AF_INET6 ? "inet6" : "any", name);
    error = ask(PYAPP_REQUEST_LOOKUP, about, text, sizeof(text));
    return error != 0 ? error : read_found(text, family, found);
}

int pyapp_look_up_address(const struct pyapp_address *address, char name[LONGEST_NAME + 1])
{
    char number[INET6_ADDRSTRLEN], text[LONGEST_NAME + 8];
    int is_in = address->family == AF_INET;
    if (is_in ? ntohl(address->in.sin_addr.s_addr) >> 24 == 127 : IN6_IS_ADDR_LOOPBACK(&address->in6.sin6_addr)) {
        strcpy(name, OWN_NAME);
        return 0;
    }
    const void *bytes = is_in ? (const void *)&address->in.sin_addr : &address->in6.sin6_addr;
    inet_ntop(address->family, bytes, number, sizeof(number));
    int error = ask(PYAPP_REQUEST_REVERSE, number, text, sizeof(text));
    if (error != 0) {
        return error;
    }
    char *rest = text, *line = strsep(&rest, "\n");
    char *found = line, *word = strsep(&found, " ");
    error = error_of(word);
    if (error != 0) {
        return error;
    }
    if (found == NULL || !is_name(found)) {
        return EAI_NONAME;
    }
    strcpy(name, found);
    return 0;
}
