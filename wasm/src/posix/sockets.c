/* Sockets: those of a network, which the host has and lets do what the app may do, and pairs, which are the guest's own. What a
 * pair is asked for that only a network has fails as on a pair of any system. */
#include "sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <wasi/api.h>

#include "abi.h"
#include "addresses.h"
#include "pipes.h"
#include "posix.h"
#include "request.h"

#define KIND_FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

int pyapp_is_pair(int fd)
{
    int error = errno;
    __wasi_fdstat_t state;
    /* A host that has no network knows no such request. */
    if (error != EOPNOTSUPP && error != ENOSYS) {
        return 0;
    }
    if (__wasi_fd_fdstat_get(fd, &state) != 0) {
        errno = EBADF;
        return 0;
    }
    if (state.fs_filetype != __WASI_FILETYPE_SOCKET_STREAM) {
        errno = state.fs_filetype == __WASI_FILETYPE_SOCKET_DGRAM ? error : ENOTSOCK;
        return 0;
    }
    /* All sockets of a network have a name. */
    int is_pair = pyapp_command(PYAPP_REQUEST_NAME "/%d", fd) != 0 && (errno == EOPNOTSUPP || errno == ENOSYS);
    errno = error;
    return is_pair;
}

/* Fails with `error` on a pair, and as the host says on anything else. */
static int refuse_pair(int fd, int error)
{
    if (pyapp_is_pair(fd)) {
        errno = error;
    }
    return -1;
}

/* ---- Making them ---- */

int socketpair(int family, int type, int protocol, int ends[2])
{
    (void)protocol;
    if (family != AF_UNIX && family != AF_INET) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    if ((type & ~KIND_FLAGS) != SOCK_STREAM) {
        errno = EPROTONOSUPPORT;
        return -1;
    }
    return pyapp_pair(PYAPP_REQUEST_SOCKETPAIR, type & SOCK_NONBLOCK ? O_NONBLOCK : 0, ends);
}

/* What is wrong with a kind of socket, or 0. */
static int check_kind(int family, int kind, int protocol)
{
    if (family != AF_INET && family != AF_INET6) {
        return EAFNOSUPPORT;
    }
    switch (kind) {
    case SOCK_STREAM:
        return protocol == 0 || protocol == IPPROTO_TCP ? 0 : EPROTONOSUPPORT;
    case SOCK_DGRAM:
        return protocol == 0 || protocol == IPPROTO_UDP ? 0 : EPROTONOSUPPORT;
    case SOCK_RAW:
        /* As to every ordinary user. */
        return protocol == 0 ? EPROTONOSUPPORT : EPERM;
    case SOCK_RDM:
    case SOCK_SEQPACKET:
        return ESOCKTNOSUPPORT;
    default:
        return EINVAL;
    }
}

int socket(int family, int type, int protocol)
{
    int kind = type & ~KIND_FLAGS;
    int error = check_kind(family, kind, protocol);
    if (error != 0) {
        errno = error;
        return -1;
    }
    int fd = pyapp_request(PYAPP_REQUEST_SOCKET "/%s/%s", family == AF_INET ? "inet" : "inet6",
                           kind == SOCK_STREAM ? "stream" : "datagram");
    if (fd >= 0 && (type & SOCK_NONBLOCK)) {
        error = __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK);
        if (error != 0) {
            (void)__wasi_fd_close(fd);
            errno = error;
            return -1;
        }
    }
    return fd;
}

/* ---- What they are connected to ---- */

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
    char text[ADDRESS_TEXT + 8];
    if (pyapp_write_address(address, size, text) != 0) {
        return -1;
    }
    return pyapp_command(PYAPP_REQUEST_BIND "/%d/%s", fd, text) == 0 ? 0 : refuse_pair(fd, EINVAL);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    char text[ADDRESS_TEXT + 8];
    if (address != NULL && size >= sizeof(sa_family_t) && address->sa_family == AF_UNSPEC) {
        return pyapp_command(PYAPP_REQUEST_CONNECT "/%d", fd) == 0 ? 0 : refuse_pair(fd, EINVAL);
    }
    if (pyapp_write_address(address, size, text) != 0) {
        return -1;
    }
    return pyapp_command(PYAPP_REQUEST_CONNECT "/%d/%s", fd, text) == 0 ? 0 : refuse_pair(fd, EISCONN);
}

int listen(int fd, int backlog)
{
    /* Below zero: as many as there may be. */
    unsigned most = backlog < 0 || backlog > SOMAXCONN ? SOMAXCONN : (unsigned)backlog;
    return pyapp_command(PYAPP_REQUEST_LISTEN "/%d/%u", fd, most) == 0 ? 0 : refuse_pair(fd, EINVAL);
}

/* The address that a request answers with. The ends of a pair have none. */
static int ask_address(const char *what, int fd, struct pyapp_address *address)
{
    char text[128];
    if (pyapp_ask(what, fd, text, sizeof(text)) == 0) {
        return pyapp_read_address(text, address);
    }
    if (!pyapp_is_pair(fd)) {
        return -1;
    }
    *address = (struct pyapp_address){.in = {.sin_family = AF_INET}, .size = sizeof(address->in)};
    return 0;
}

static int give_name(const char *what, int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    struct pyapp_address found;
    if (ask_address(what, fd, &found) != 0) {
        return -1;
    }
    pyapp_give_address(&found, address, size);
    return 0;
}

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return give_name(PYAPP_REQUEST_NAME, fd, address, size);
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return give_name(PYAPP_REQUEST_PEERNAME, fd, address, size);
}

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict size, int flags)
{
    if (flags & ~KIND_FLAGS) {
        errno = EINVAL;
        return -1;
    }
    __wasi_fd_t accepted;
    __wasi_errno_t error = __wasi_sock_accept(fd, flags & SOCK_NONBLOCK ? __WASI_FDFLAGS_NONBLOCK : 0, &accepted);
    if (error != 0) {
        errno = error;
        return -1;
    }
    if (address != NULL && size != NULL &&
        give_name(PYAPP_REQUEST_ACCEPTED, (int)accepted, address, size) != 0) {
        /* Whoever it was. */
        *size = 0;
    }
    return (int)accepted;
}

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return accept4(fd, address, size, 0);
}

int shutdown(int fd, int how)
{
    static const __wasi_sdflags_t directions[] = {
        [SHUT_RD] = __WASI_SDFLAGS_RD,
        [SHUT_WR] = __WASI_SDFLAGS_WR,
        [SHUT_RDWR] = __WASI_SDFLAGS_RD | __WASI_SDFLAGS_WR,
    };
    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) {
        errno = EINVAL;
        return -1;
    }
    __wasi_errno_t error = __wasi_sock_shutdown(fd, directions[how]);
    errno = error != 0 ? error : errno;
    return error != 0 ? -1 : 0;
}
