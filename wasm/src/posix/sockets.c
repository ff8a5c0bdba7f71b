/* Sockets: pairs of them, which the host has. There is no network, so nothing else can be made, and what is only done to
 * sockets of a network fails as on a pair of any system. Options of a pair can be set, and change nothing. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <wasi/api.h>

#include "abi.h"
#include "pipes.h"
#include "posix.h"

int socketpair(int family, int type, int protocol, int ends[2])
{
    (void)protocol;
    if (family != AF_UNIX && family != AF_INET) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    if ((type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != SOCK_STREAM) {
        errno = EPROTONOSUPPORT;
        return -1;
    }
    return pyapp_pair(PYAPP_REQUEST_SOCKETPAIR, type & SOCK_NONBLOCK ? O_NONBLOCK : 0, ends);
}

int socket(int family, int type, int protocol)
{
    (void)family, (void)type, (void)protocol;
    errno = ENOTSUP;
    return -1;
}

/* 0, or -1 and `error`, or what is wrong with the descriptor. */
static int check(int fd, int error)
{
    __wasi_fdstat_t state;
    errno = __wasi_fd_fdstat_get(fd, &state) != 0 ? EBADF : error;
    if (errno == error && state.fs_filetype != __WASI_FILETYPE_SOCKET_STREAM) {
        errno = ENOTSOCK;
    }
    return errno == 0 ? 0 : -1;
}

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
    (void)address, (void)size;
    return check(fd, EINVAL);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    (void)address, (void)size;
    return check(fd, EISCONN);
}

int listen(int fd, int backlog)
{
    (void)backlog;
    return check(fd, EINVAL);
}

/* The ends of a pair have no names. */
int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    if (check(fd, 0) != 0) {
        return -1;
    }
    struct sockaddr_in none = {.sin_family = AF_INET};
    memcpy(address, &none, *size < sizeof(none) ? *size : sizeof(none));
    *size = sizeof(none);
    return 0;
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict size)
{
    return getsockname(fd, address, size);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    (void)name, (void)value, (void)size;
    return check(fd, level == SOL_SOCKET ? 0 : ENOPROTOOPT);
}

int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict size)
{
    if (check(fd, level == SOL_SOCKET ? 0 : ENOPROTOOPT) != 0) {
        return -1;
    }
    int found = name == SO_TYPE ? SOCK_STREAM : name == SO_SNDBUF || name == SO_RCVBUF ? PYAPP_PIPE_CAPACITY : 0;
    *size = *size < sizeof(found) ? *size : sizeof(found);
    memcpy(value, &found, *size);
    return 0;
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length)
{
    (void)length;
    return address != NULL ? check(fd, EISCONN) : send(fd, data, size, flags);
}

ssize_t recvfrom(int fd, void *restrict data, size_t size, int flags, struct sockaddr *restrict address,
                 socklen_t *restrict length)
{
    if (address != NULL && getsockname(fd, address, length) != 0) {
        return -1;
    }
    return recv(fd, data, size, flags);
}
