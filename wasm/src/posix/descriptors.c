/* Descriptors: duplicating them, flags and locks. */
#include <errno.h>
#include <stdarg.h>
#include <wasi/api.h>
#include <wasi/libc.h>

#include "abi.h"
#include "posix.h"
#include "request.h"

/* The flags of a descriptor, or -1 if it is none. */
static int get_flags(int fd)
{
    __wasi_fdstat_t state;
    __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &state);
    if (error != 0) {
        errno = error;
        return -1;
    }
    int reads = (state.fs_rights_base & (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR)) != 0;
    int writes = (state.fs_rights_base & __WASI_RIGHTS_FD_WRITE) != 0;
    return state.fs_flags | (reads ? O_RDONLY : 0) | (writes ? O_WRONLY : 0);
}

/* All that preview1 knows; the host ends a guest that sets more. */
#define STATUS_FLAGS (O_APPEND | O_DSYNC | O_NONBLOCK | O_RSYNC | O_SYNC)

static int dup_from(int fd, int least)
{
    if (fd < 0 || least < 0) {
        errno = fd < 0 ? EBADF : EINVAL;
        return -1;
    }
    return pyapp_request(PYAPP_REQUEST_DUP "/%d/%d", fd, least);
}

int dup(int fd)
{
    return dup_from(fd, 0);
}

int dup2(int from, int to)
{
    if (from == to) {
        return get_flags(from) < 0 ? -1 : to;
    }
    if (to < 0) {
        errno = EBADF;
        return -1;
    }
    int copy = dup(from);
    if (copy < 0) {
        return -1;
    }
    if (copy == to) {
        return to;
    }
    if (__wasilibc_fd_renumber(copy, to) != 0) {
        int error = errno;
        (void)__wasi_fd_close(copy);
        errno = error;
        return -1;
    }
    return to;
}

int dup3(int from, int to, int flags)
{
    (void)flags;
    if (from == to) {
        errno = EINVAL;
        return -1;
    }
    return dup2(from, to);
}

/* ---- Locks and flags ---- */

/* A guest is one process, and nobody else has its files: every lock is free. */
static int lock(int fd, struct flock *wanted, int only_ask)
{
    int flags = get_flags(fd);
    if (flags < 0) {
        return -1;
    }
    if (wanted != NULL && wanted->l_type == F_WRLCK && !(flags & O_WRONLY) && !only_ask) {
        errno = EBADF;
        return -1;
    }
    if (only_ask) {
        wanted->l_type = F_UNLCK;
    }
    return 0;
}

int fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    int result = 0;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        result = dup_from(fd, va_arg(arguments, int));
        break;
    case F_GETFD:
        /* No other program is ever started that could inherit it. */
        result = get_flags(fd) < 0 ? -1 : FD_CLOEXEC;
        break;
    case F_SETFD:
        result = get_flags(fd) < 0 ? -1 : 0;
        break;
    case F_GETFL:
        result = get_flags(fd);
        break;
    case F_SETFL: {
        __wasi_errno_t error = __wasi_fd_fdstat_set_flags(fd, (__wasi_fdflags_t)(va_arg(arguments, int) & STATUS_FLAGS));
        if (error != 0) {
            errno = error;
            result = -1;
        }
        break;
    }
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
        result = lock(fd, va_arg(arguments, struct flock *), command == F_GETLK);
        break;
    default:
        errno = EINVAL;
        result = -1;
    }
    va_end(arguments);
    return result;
}

int flock(int fd, int operation)
{
    (void)operation;
    return lock(fd, NULL, 0);
}

int lockf(int fd, int command, off_t length)
{
    (void)length;
    if (command != F_ULOCK && command != F_LOCK && command != F_TLOCK && command != F_TEST) {
        errno = EINVAL;
        return -1;
    }
    return lock(fd, NULL, 0);
}

/* wasi-libc's looks at the name only. */
long pyapp_fpathconf(int fd, int name)
{
    return get_flags(fd) < 0 ? -1 : (fpathconf)(fd, name);
}
