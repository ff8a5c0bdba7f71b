/* Descriptors: duplicating them, flags and locks. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
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

/* Files of the host have the host's locks; a guest is one process, so nobody else has its own files, and every lock on those is
 * free. The host knows which is which; another host than ours knows no locks. */

/* Where a range begins in the file, and how long it is; 0: to the end. */
static int find_range(int fd, const struct flock *range, off_t *start, off_t *length)
{
    __wasi_filestat_t file;
    off_t base = 0;
    if (range->l_whence == SEEK_CUR) {
        base = lseek(fd, 0, SEEK_CUR);
    } else if (range->l_whence == SEEK_END) {
        base = __wasi_fd_filestat_get(fd, &file) == 0 ? (off_t)file.size : -1;
    } else if (range->l_whence != SEEK_SET) {
        base = -1;
    }
    if (base < 0 || __builtin_add_overflow(base, range->l_start, start)) {
        errno = base < 0 ? EINVAL : EOVERFLOW;
        return -1;
    }
    *length = range->l_len;
    if (*length < 0) {
        *start += *length;
        *length = -*length;
    }
    if (*start < 0) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

static char lock_letter(int type)
{
    return type == F_RDLCK ? 'r' : type == F_WRLCK ? 'w' : 'u';
}

static int lock_range(int fd, struct flock *range, int command)
{
    int flags = get_flags(fd);
    off_t start, length;
    if (flags < 0) {
        return -1;
    }
    if (range->l_type != F_RDLCK && range->l_type != F_WRLCK && (range->l_type != F_UNLCK || command == F_GETLK)) {
        errno = EINVAL;
        return -1;
    }
    if ((range->l_type == F_WRLCK && !(flags & O_WRONLY) && command != F_GETLK) ||
        (range->l_type == F_RDLCK && !(flags & O_RDONLY) && command != F_GETLK)) {
        errno = EBADF;
        return -1;
    }
    if (find_range(fd, range, &start, &length) != 0) {
        return -1;
    }
    char kind = lock_letter(range->l_type);
    if (command != F_GETLK) {
        int result = pyapp_command(PYAPP_REQUEST_LOCK "/%d/%c/%lld/%lld/%d", fd, kind, (long long)start, (long long)length,
                                   command == F_SETLKW);
        return result != 0 && errno == ENOSYS ? 0 : result;
    }
    char text[96], held;
    long long held_start, held_length;
    int process;
    int answer = pyapp_request(PYAPP_REQUEST_LOCK "/%d/%c/%lld/%lld", fd, kind, (long long)start, (long long)length);
    range->l_type = F_UNLCK;
    if (answer < 0) {
        return errno == ENOSYS ? 0 : -1;
    }
    if (pyapp_read_answer(answer, text, sizeof(text)) != 0) {
        return -1;
    }
    if (sscanf(text, "%c %lld %lld %d", &held, &held_start, &held_length, &process) == 4) {
        *range = (struct flock){
            .l_type = held == 'r' ? F_RDLCK : F_WRLCK,
            .l_whence = SEEK_SET,
            .l_start = held_start,
            .l_len = held_length,
            .l_pid = process,
        };
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
        result = lock_range(fd, va_arg(arguments, struct flock *), command);
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
    if (get_flags(fd) < 0) {
        return -1;
    }
    int kind = operation & ~LOCK_NB;
    if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN) {
        errno = EINVAL;
        return -1;
    }
    char letter = kind == LOCK_SH ? 'r' : kind == LOCK_EX ? 'w' : 'u';
    int result = pyapp_command(PYAPP_REQUEST_FLOCK "/%d/%c/%d", fd, letter, !(operation & LOCK_NB));
    return result != 0 && errno == ENOSYS ? 0 : result;
}

int lockf(int fd, int command, off_t length)
{
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_len = length};
    switch (command) {
    case F_ULOCK:
        range.l_type = F_UNLCK;
        return lock_range(fd, &range, F_SETLK);
    case F_LOCK:
        return lock_range(fd, &range, F_SETLKW);
    case F_TLOCK:
        return lock_range(fd, &range, F_SETLK);
    case F_TEST:
        if (lock_range(fd, &range, F_GETLK) != 0) {
            return -1;
        }
        if (range.l_type != F_UNLCK) {
            errno = EACCES;
            return -1;
        }
        return 0;
    default:
        errno = EINVAL;
        return -1;
    }
}

/* wasi-libc's looks at the name only. */
long pyapp_fpathconf(int fd, int name)
{
    return get_flags(fd) < 0 ? -1 : (fpathconf)(fd, name);
}
