/* Opening files, and making files and directories with a mode, of which preview1 knows nothing: a request to the host says in front
 * of the call which mode it is. */
#include <errno.h>
#include <stdarg.h>
#include <wasi/api.h>
#include <wasi/libc-nocwd.h>
#include <wasi/libc.h>

#include "abi.h"
#include "paths.h"
#include "posix.h"
#include "request.h"

static mode_t mask = 022;

mode_t umask(mode_t new_mask)
{
    mode_t old = mask;
    mask = new_mask & 0777;
    return old;
}

/* Says which mode the next call gives to what it makes. On a host without modes there is nothing to say. */
static void announce(mode_t mode, mode_t usual)
{
    if (mode != usual) {
        (void)pyapp_command(PYAPP_REQUEST_MODE "/%o", (unsigned)mode);
    }
}

static int open_with_mode(int directory, const char *path, int flags, mode_t mode)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    /* Elsewhere it is zero, and programs leave it out. */
    if ((flags & O_ACCMODE) == 0) {
        flags |= O_RDONLY;
    }
    if (flags & O_CREAT) {
        announce(mode & 07777 & ~mask, PYAPP_FILE_MODE);
    }
    return pyapp_open_place(&place, flags);
}

int openat(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_with_mode(directory, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_with_mode(AT_FDCWD, path, flags, mode);
}

int __wasilibc_open_nomode(const char *path, int flags)
{
    return open_with_mode(AT_FDCWD, path, flags, 0666);
}

int __wasilibc_openat_nomode(int directory, const char *path, int flags)
{
    return open_with_mode(directory, path, flags, 0666);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    announce(mode & 07777 & ~mask, PYAPP_DIRECTORY_MODE);
    return __wasilibc_nocwd_mkdirat_nomode(place.directory, place.path);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}
