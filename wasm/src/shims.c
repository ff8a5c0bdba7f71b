/* The name-resolution calls that CPython's socket module refers to and wasi-libc (WASI preview1) does not have.
 *
 * preview1 has no resolver, so each of them fails as POSIX lets a resolver fail: a null pointer, and h_errno saying
 * that no recovery is possible. Python turns that into socket.herror. Linked into python.wasm by the recipe. */
#include <netdb.h>
#include <stddef.h>

#ifndef NO_RECOVERY
#define NO_RECOVERY 3
#endif

static int resolver_error = 0;

int *__h_errno_location(void) { return &resolver_error; }

const char *hstrerror(int code)
{
    return code == 0 ? "no error" : "name resolution is not available in WASI preview1";
}

static void *unavailable(void)
{
    resolver_error = NO_RECOVERY;
    return NULL;
}

struct hostent *gethostbyname(const char *name)
{
    (void)name;
    return unavailable();
}

struct hostent *gethostbyaddr(const void *address, socklen_t length, int family)
{
    (void)address, (void)length, (void)family;
    return unavailable();
}

struct protoent *getprotobyname(const char *name)
{
    (void)name;
    return unavailable();
}

struct servent *getservbyname(const char *name, const char *protocol)
{
    (void)name, (void)protocol;
    return unavailable();
}

struct servent *getservbyport(int port, const char *protocol)
{
    (void)port, (void)protocol;
    return unavailable();
}
