/* Pipes: the host makes them on request. Pairs of sockets are made in the same way (sockets.c). */
#include "pipes.h"

#include <errno.h>
#include <wasi/api.h>

#include "abi.h"
#include "posix.h"
#include "request.h"

static int set_flags(int fd, int flags)
{
    __wasi_errno_t error = __wasi_fd_fdstat_set_flags(fd, (__wasi_fdflags_t)flags);
    errno = error != 0 ? error : errno;
    return error != 0 ? -1 : 0;
}

int pyapp_pair(const char *what, int flags, int ends[2])
{
    ends[0] = pyapp_request("%s", what);
    if (ends[0] < 0) {
        return -1;
    }
    ends[1] = pyapp_request(PYAPP_REQUEST_PEER "/%d", ends[0]);
    if (ends[1] >= 0 && (flags == 0 || (set_flags(ends[0], flags) == 0 && set_flags(ends[1], flags) == 0))) {
        return 0;
    }
    int error = errno;
    (void)__wasi_fd_close(ends[0]);
    if (ends[1] >= 0) {
        (void)__wasi_fd_close(ends[1]);
    }
    errno = error;
    return -1;
}

int pipe2(int ends[2], int flags)
{
    return pyapp_pair(PYAPP_REQUEST_PIPE, flags & O_NONBLOCK, ends);
}

int pipe(int ends[2])
{
    return pipe2(ends, 0);
}
