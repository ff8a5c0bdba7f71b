/* Opening files, and making files and directories with a mode, of which preview1 knows nothing: what is new gets its mode by a
 * request to the host. */
#include <errno.h>
#include <stdarg.h>
#include <wasi/api.h>
#include <wasi/libc-nocwd.h>
#include <wasi/libc.h>

#include "abi.h"
#include "paths.h"
#include "posix.h"

static mode_t mask = 022;

mode_t umask(mode_t new_mask)
{
    mode_t old = mask;
    mask = new_mask & 0777;
    return old;
}

static int is_directory(int fd)
{
    __wasi_fdstat_t state;
    return __wasi_fd_fdstat_get(fd, &state) == 0 && state.fs_filetype == __WASI_FILETYPE_DIRECTORY;
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
    mode = mode & 07777 & ~mask;
    if ((flags & O_CREAT) == 0 || mode == PYAPP_FILE_MODE) {
        return pyapp_open_place(&place, flags);
    }
    /* Only a file that this call makes gets the mode. */
    for (;;) {
        int fd = pyapp_open_place(&place, flags | O_EXCL);
        if (fd >= 0) {
            /* On a host without modes there is nothing to set. */
            (void)fchmod(fd, mode);
            return fd;
        }
        if (errno != EEXIST || (flags & O_EXCL)) {
            return -1;
        }
        fd = pyapp_open_place(&place, flags & ~O_CREAT);
        if (fd >= 0 && is_directory(fd)) {
            /* O_CREAT makes files. */
            errno = EISDIR;
            return pyapp_close_behind(fd, -1);
        }
        if (fd >= 0 || errno != ENOENT) {
            return fd;
        }
        /* A link that leads nowhere is there, and what it leads to is not: O_EXCL would refuse it for ever. */
        struct stat link;
        if (fstatat(directory, path, &link, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(link.st_mode)) {
            fd = pyapp_open_place(&place, flags);
            if (fd >= 0) {
                (void)fchmod(fd, mode);
            }
            return fd;
        }
    }
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
    if (pyapp_place(directory, path, &place) != 0 || __wasilibc_nocwd_mkdirat_nomode(place.directory, place.path) != 0) {
        return -1;
    }
    mode = mode & 07777 & ~mask;
    if (mode != PYAPP_DIRECTORY_MODE) {
        (void)fchmodat(directory, path, mode, 0);
    }
    return 0;
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}
