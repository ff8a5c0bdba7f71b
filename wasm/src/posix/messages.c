/* Sending and receiving. What preview1 can say goes by its own calls; flags that it does not know, and the addresses of datagrams,
 * go by requests. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#include "abi.h"
#include "addresses.h"
#include "posix.h"
#include "request.h"
#include "sockets.h"

/* Writing to nobody sends no signal here anyway. */
#define NO_MATTER MSG_NOSIGNAL

/* What comes with a received message is read into this first: the line in front, and most datagrams whole. */
#define FIRST 2048
/* The longest line. */
#define LINE 256

/* No datagram is longer. */
#define LONGEST_DATAGRAM 65536

/* Where in memory it comes from or goes to. */
struct place {
    struct iovec *parts;
    int count;
};

static int fail(int error)
{
    errno = error;
    return -1;
}

/* The kind of socket that a descriptor is, as preview1 names it, and its flags; -1 if it is none. */
static int look_at(int fd, __wasi_fdflags_t *flags)
{
    __wasi_fdstat_t state;
    if (__wasi_fd_fdstat_get(fd, &state) != 0) {
        return fail(EBADF);
    }
    if (state.fs_filetype != __WASI_FILETYPE_SOCKET_STREAM && state.fs_filetype != __WASI_FILETYPE_SOCKET_DGRAM) {
        return fail(ENOTSOCK);
    }
    *flags = state.fs_flags;
    return state.fs_filetype;
}

/* Bytes in all; -1 if they are too many to be counted. */
static ssize_t total(const struct place *place)
{
    size_t size = 0;
    for (int i = 0; i < place->count; i++) {
        if (__builtin_add_overflow(size, place->parts[i].iov_len, &size) || size > SSIZE_MAX) {
            return fail(EMSGSIZE);
        }
    }
    return (ssize_t)size;
}

/* ---- By preview1 ---- */

_Static_assert(sizeof(struct iovec) == sizeof(__wasi_iovec_t) && sizeof(struct iovec) == sizeof(__wasi_ciovec_t),
               "parts are passed on as they are");

static ssize_t plainly_send(int fd, const struct place *from)
{
    size_t sent;
    __wasi_errno_t error =
        __wasi_sock_send(fd, (const __wasi_ciovec_t *)from->parts, (size_t)from->count, 0, &sent);
    return error != 0 ? fail(error) : (ssize_t)sent;
}

static ssize_t plainly_receive(int fd, const struct place *to, int flags, int *told)
{
    __wasi_riflags_t how = (__wasi_riflags_t)((flags & MSG_PEEK ? __WASI_RIFLAGS_RECV_PEEK : 0) |
                                              (flags & MSG_WAITALL ? __WASI_RIFLAGS_RECV_WAITALL : 0));
    size_t received;
    __wasi_roflags_t answer = 0;
    __wasi_errno_t error =
        __wasi_sock_recv(fd, (const __wasi_iovec_t *)to->parts, (size_t)to->count, how, &received, &answer);
    if (error != 0) {
        return fail(error);
    }
    *told = answer & __WASI_ROFLAGS_RECV_DATA_TRUNCATED ? MSG_TRUNC : 0;
    return (ssize_t)received;
}

/* Does one of the two without waiting. Nothing else runs before the descriptor is as it was: only what waits hands on. */
static ssize_t at_once(int fd, const struct place *place, int receives, int flags, int *told, __wasi_fdflags_t before)
{
    int must_not_wait = !(before & __WASI_FDFLAGS_NONBLOCK);
    if (must_not_wait) {
        __wasi_errno_t error = __wasi_fd_fdstat_set_flags(fd, before | __WASI_FDFLAGS_NONBLOCK);
        if (error != 0) {
            return fail(error);
        }
    }
    ssize_t result = receives ? plainly_receive(fd, place, flags, told) : plainly_send(fd, place);
    if (must_not_wait) {
        int error = errno;
        (void)__wasi_fd_fdstat_set_flags(fd, before);
        errno = error;
    }
    return result;
}

/* ---- By requests ---- */

/* Writes all of it to what a request has answered: one thing is sent. */
static ssize_t send_by(int answer, const struct place *from)
{
    size_t sent;
    if (answer < 0) {
        return -1;
    }
    __wasi_errno_t error = __wasi_fd_write(answer, (const __wasi_ciovec_t *)from->parts, (size_t)from->count, &sent);
    (void)__wasi_fd_close(answer);
    return error != 0 ? fail(error) : (ssize_t)sent;
}

/* Spreads data over the parts; what has no room is left out. */
static size_t spread(const struct place *to, const char *data, size_t size)
{
    size_t done = 0;
    for (int i = 0; i < to->count && done < size; i++) {
        size_t part = to->parts[i].iov_len < size - done ? to->parts[i].iov_len : size - done;
        if (part > 0) {
            memcpy(to->parts[i].iov_base, data + done, part);
        }
        done += part;
    }
    return done;
}

/* Reads the answer whole: a line, and at most `size` bytes behind it. Where it is, to be freed unless it is `first`; or NULL. */
static char *read_whole(int answer, char first[FIRST], size_t size, size_t *length)
{
    size_t room = size + LINE <= FIRST ? FIRST : size + LINE;
    char *all = room == FIRST ? first : malloc(room);
    if (all == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    __wasi_iovec_t part = {.buf = (uint8_t *)all, .buf_len = room};
    __wasi_errno_t error = __wasi_fd_read(answer, &part, 1, length);
    if (error == 0) {
        return all;
    }
    if (all != first) {
        free(all);
    }
    errno = error;
    return NULL;
}

/* Takes the line in front apart, "ADDRESS PORT [FLOWINFO SCOPE] FLAGS LENGTH", or "- 0 FLAGS LENGTH"; 0 or -1. */
static int read_line(const char *line, struct pyapp_address *from, int *flags, size_t *whole)
{
    unsigned words = 0;
    const char *last[2] = {line, line};
    for (const char *at = line; *at != '\0'; words++) {
        last[0] = last[1];
        last[1] = at;
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    long long told, length;
    if ((words != 4 && words != 6) || sscanf(last[0], "%lld %lld", &told, &length) != 2 || length < 0) {
        return fail(EIO);
    }
    *flags = (int)told;
    *whole = (size_t)length;
    from->size = 0;
    if (*line == '-') {
        return 0;
    }
    char address[128];
    size_t size = (size_t)(last[0] - line);
    if (size >= sizeof(address)) {
        return fail(EIO);
    }
    memcpy(address, line, size);
    address[size] = '\0';
    return pyapp_read_address(address, from);
}

static ssize_t receive_by_request(int fd, const struct place *to, int flags, struct pyapp_address *from, int *told)
{
    char first[FIRST];
    size_t length, whole;
    ssize_t size = total(to);
    if (size < 0) {
        return -1;
    }
    size_t asked = size > LONGEST_DATAGRAM ? LONGEST_DATAGRAM : (size_t)size;
    int answer = pyapp_request(PYAPP_REQUEST_RECEIVE "/%d/%zu/%d", fd, asked, flags & ~NO_MATTER);
    if (answer < 0) {
        return -1;
    }
    char *read = read_whole(answer, first, asked, &length);
    int error = errno;
    (void)__wasi_fd_close(answer);
    errno = error;
    if (read == NULL) {
        return -1;
    }
    ssize_t result = -1;
    char *end = memchr(read, '\n', length);
    if (end == NULL) {
        errno = EIO;
    } else {
        *end = '\0';
        if (read_line(read, from, told, &whole) == 0) {
            size_t done = spread(to, end + 1, length - (size_t)(end + 1 - read));
            /* Who asks so is told how much there was. */
            result = (ssize_t)(flags & MSG_TRUNC && whole > done ? whole : done);
        }
    }
    if (read != first) {
        free(read);
    }
    return result;
}

/* ---- What programs call ---- */

static ssize_t send_to(int fd, const struct place *from, int flags, const struct sockaddr *address, socklen_t length)
{
    char text[ADDRESS_TEXT + 8];
    __wasi_fdflags_t before;
    if (address == NULL && (flags & ~NO_MATTER) == 0) {
        return plainly_send(fd, from);
    }
    int kind = look_at(fd, &before);
    if (kind < 0) {
        return -1;
    }
    if (kind == __WASI_FILETYPE_SOCKET_STREAM) {
        /* A stream of a network does not look at the address. */
        errno = EOPNOTSUPP;
        if (address != NULL && pyapp_is_pair(fd)) {
            return fail(EISCONN);
        }
        if ((flags & ~(NO_MATTER | MSG_DONTWAIT)) == 0) {
            return flags & MSG_DONTWAIT ? at_once(fd, from, 0, flags, NULL, before) : plainly_send(fd, from);
        }
        return send_by(pyapp_request(PYAPP_REQUEST_SEND "/%d/%d", fd, flags & ~NO_MATTER), from);
    }
    if (address == NULL) {
        return send_by(pyapp_request(PYAPP_REQUEST_SEND "/%d/%d", fd, flags & ~NO_MATTER), from);
    }
    if (pyapp_write_address(address, length, text) != 0) {
        return -1;
    }
    return send_by(pyapp_request(PYAPP_REQUEST_SEND "/%d/%d/%s", fd, flags & ~NO_MATTER, text), from);
}

/* `from` is NULL if nobody wants to know. */
static ssize_t receive_from(int fd, const struct place *to, int flags, struct pyapp_address *from, int *told)
{
    struct pyapp_address nobody;
    __wasi_fdflags_t before;
    const int simple = MSG_PEEK | MSG_WAITALL | NO_MATTER;
    *told = 0;
    if (from == NULL && (flags & ~simple) == 0) {
        return plainly_receive(fd, to, flags, told);
    }
    int kind = look_at(fd, &before);
    if (kind < 0) {
        return -1;
    }
    from = from != NULL ? from : &nobody;
    if (kind == __WASI_FILETYPE_SOCKET_STREAM && (flags & ~(simple | MSG_DONTWAIT)) == 0) {
        /* Of a stream everybody knows who has sent it. */
        from->size = 0;
        return flags & MSG_DONTWAIT ? at_once(fd, to, 1, flags, told, before) : plainly_receive(fd, to, flags, told);
    }
    return receive_by_request(fd, to, flags, from, told);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    return sendto(fd, data, size, flags, NULL, 0);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length)
{
    struct iovec part = {.iov_base = (void *)data, .iov_len = size};
    return send_to(fd, &(struct place){&part, 1}, flags, address, length);
}

ssize_t recv(int fd, void *restrict data, size_t size, int flags)
{
    struct iovec part = {.iov_base = data, .iov_len = size};
    int told;
    return receive_from(fd, &(struct place){&part, 1}, flags, NULL, &told);
}

ssize_t recvfrom(int fd, void *restrict data, size_t size, int flags, struct sockaddr *restrict address,
                 socklen_t *restrict length)
{
    struct iovec part = {.iov_base = data, .iov_len = size};
    struct pyapp_address from;
    int told, wanted = address != NULL && length != NULL;
    ssize_t result = receive_from(fd, &(struct place){&part, 1}, flags, wanted ? &from : NULL, &told);
    if (result >= 0 && wanted) {
        pyapp_give_address(&from, address, length);
    }
    return result;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    if (message->msg_iovlen < 0 || message->msg_iovlen > IOV_MAX) {
        return fail(EMSGSIZE);
    }
    if (message->msg_controllen >= sizeof(struct cmsghdr)) {
        /* No descriptor goes anywhere, and nothing else is said about a message. */
        return fail(EINVAL);
    }
    const struct place from = {message->msg_iov, message->msg_iovlen};
    const struct sockaddr *address = message->msg_namelen > 0 ? message->msg_name : NULL;
    return send_to(fd, &from, flags, address, message->msg_namelen);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    if (message->msg_iovlen < 0 || message->msg_iovlen > IOV_MAX) {
        return fail(EMSGSIZE);
    }
    const struct place to = {message->msg_iov, message->msg_iovlen};
    struct pyapp_address from;
    int told, wanted = message->msg_name != NULL && message->msg_namelen > 0;
    ssize_t result = receive_from(fd, &to, flags, &from, &told);
    if (result < 0) {
        return -1;
    }
    if (wanted) {
        pyapp_give_address(&from, message->msg_name, &message->msg_namelen);
    } else {
        message->msg_namelen = 0;
    }
    message->msg_controllen = 0;
    message->msg_flags = told;
    return result;
}
