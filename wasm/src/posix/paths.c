/* Paths, and the current directory, which is an open descriptor here: it stays the same directory when it is renamed or
 * removed, and an empty path is nothing, as POSIX has it. (wasi-libc keeps it as text, in front of which a path is put.)
 *
 * All of posix.c, at_fdcwd.c, chdir.c and getcwd.c of wasi-libc is replaced: their object files must not be linked, which
 * the linker checks, since every symbol would be there twice. */
#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>
#include <wasi/libc-find-relpath.h>
#include <wasi/libc-nocwd.h>
#include <wasi/libc.h>

#include "posix.h"
#include "request.h"

/* The current directory is kept out of the way of programs that count descriptors, or close all that there may be. */
#define HIGH_DESCRIPTOR 8000

/* The current directory: a descriptor, or -1 for the root in which every run starts, and where the host does not know the
 * path of a directory. Elsewhere than here a directory's descriptor may allow less than a preopen's, and `..` may not lead out
 * of it, so the path is put in front there, as wasi-libc does. */
static int current = -1;
static char current_path[PATH_MAX] = "/";

int pyapp_place(int directory, const char *path, struct place *place)
{
    static char buffers[2][PATH_MAX];
    static int next;
    if (path[0] != '/' && directory != AT_FDCWD) {
        *place = (struct place){directory, path};
        return 0;
    }
    if (path[0] == '\0') {
        errno = ENOENT;
        return -1;
    }
    if (path[0] != '/') {
        if (current >= 0) {
            *place = (struct place){current, path};
            return 0;
        }
        char *buffer = buffers[next];
        next = !next;
        const char *slash = current_path[1] == '\0' ? "" : "/";
        if (snprintf(buffer, PATH_MAX, "%s%s%s", current_path, slash, path) >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        path = buffer;
    }
    const char *prefix;
    place->directory = __wasilibc_find_abspath(path, &prefix, &place->path);
    if (place->directory < 0) {
        errno = ENOENT;
        return -1;
    }
    return 0;
}

/* ---- The current directory ---- */

/* Makes an open directory the current one; it lies at `path`, if that is known. Takes the descriptor. */
static int enter(int fd, const char *path)
{
    __wasi_fdstat_t kind;
    __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &kind);
    if (error == 0 && kind.fs_filetype != __WASI_FILETYPE_DIRECTORY) {
        error = __WASI_ERRNO_NOTDIR;
    }
    if (error != 0) {
        (void)__wasi_fd_close(fd);
        errno = error;
        return -1;
    }
    char where[PATH_MAX];
    int high = -1;
    if (pyapp_ask("path", fd, where, sizeof(where)) == 0) {
        high = pyapp_request("dup/%d/%d", fd, HIGH_DESCRIPTOR);
        path = where;
    }
    (void)__wasi_fd_close(fd);
    if (path == NULL) {
        errno = ENOSYS;
        return -1;
    }
    if (current >= 0) {
        (void)__wasi_fd_close(current);
    }
    current = high;
    strcpy(current_path, path);
    return 0;
}

int chdir(const char *path)
{
    struct place place;
    char where[PATH_MAX];
    if (pyapp_place(AT_FDCWD, path, &place) != 0) {
        return -1;
    }
    const char *before = path[0] == '/' ? "" : current_path;
    const char *slash = path[0] == '/' || before[1] == '\0' ? "" : "/";
    if (snprintf(where, sizeof(where), "%s%s%s", before, slash, path) >= (int)sizeof(where)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = __wasilibc_nocwd_openat_nomode(place.directory, place.path, O_RDONLY | O_DIRECTORY);
    return fd < 0 ? -1 : enter(fd, where);
}

int fchdir(int directory)
{
    int fd = dup(directory);
    return fd < 0 ? -1 : enter(fd, NULL);
}

char *getcwd(char *buffer, size_t size)
{
    char where[PATH_MAX];
    if (current < 0) {
        strcpy(where, current_path);
    } else if (pyapp_ask("path", current, where, sizeof(where)) != 0) {
        /* It has been removed. */
        errno = errno == ESTALE ? ENOENT : errno;
        return NULL;
    }
    if (buffer == NULL) {
        return strdup(where);
    }
    if (strlen(where) >= size) {
        errno = size == 0 ? EINVAL : ERANGE;
        return NULL;
    }
    return strcpy(buffer, where);
}

/* ---- Names ---- */

ssize_t readlinkat(int directory, const char *restrict path, char *restrict buffer, size_t size)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    return __wasilibc_nocwd_readlinkat(place.directory, place.path, buffer, size);
}

ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size)
{
    return readlinkat(AT_FDCWD, path, buffer, size);
}

int symlinkat(const char *target, int directory, const char *path)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    return __wasilibc_nocwd_symlinkat(target, place.directory, place.path);
}

int symlink(const char *target, const char *path)
{
    return symlinkat(target, AT_FDCWD, path);
}

int linkat(int old_directory, const char *old_path, int new_directory, const char *new_path, int flags)
{
    struct place old, new;
    if (pyapp_place(old_directory, old_path, &old) != 0 || pyapp_place(new_directory, new_path, &new) != 0) {
        return -1;
    }
    return __wasilibc_nocwd_linkat(old.directory, old.path, new.directory, new.path, flags);
}

int link(const char *old_path, const char *new_path)
{
    return linkat(AT_FDCWD, old_path, AT_FDCWD, new_path, 0);
}

int renameat(int old_directory, const char *old_path, int new_directory, const char *new_path)
{
    struct place old, new;
    if (pyapp_place(old_directory, old_path, &old) != 0 || pyapp_place(new_directory, new_path, &new) != 0) {
        return -1;
    }
    return __wasilibc_nocwd_renameat(old.directory, old.path, new.directory, new.path);
}

int rename(const char *old_path, const char *new_path)
{
    return renameat(AT_FDCWD, old_path, AT_FDCWD, new_path);
}

int __wasilibc_unlinkat(int directory, const char *path)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    return __wasilibc_nocwd___wasilibc_unlinkat(place.directory, place.path);
}

int __wasilibc_rmdirat(int directory, const char *path)
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    return __wasilibc_nocwd___wasilibc_rmdirat(place.directory, place.path);
}

int unlink(const char *path)
{
    return __wasilibc_unlinkat(AT_FDCWD, path);
}

int rmdir(const char *path)
{
    return __wasilibc_rmdirat(AT_FDCWD, path);
}

int remove(const char *path)
{
    int result = unlink(path);
    return result != 0 && (errno == EISDIR || errno == EPERM) ? rmdir(path) : result;
}

/* ---- Listings ---- */

DIR *opendirat(int directory, const char *path)
{
    struct place place;
    return pyapp_place(directory, path, &place) != 0 ? NULL : __wasilibc_nocwd_opendirat(place.directory, place.path);
}

DIR *opendir(const char *path)
{
    return opendirat(AT_FDCWD, path);
}

int scandirat(int directory, const char *path, struct dirent ***names, int (*filter)(const struct dirent *),
              int (*compare)(const struct dirent **, const struct dirent **))
{
    struct place place;
    if (pyapp_place(directory, path, &place) != 0) {
        return -1;
    }
    return __wasilibc_nocwd_scandirat(place.directory, place.path, names, filter, compare);
}

int scandir(const char *restrict path, struct dirent ***restrict names, int (*filter)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    return scandirat(AT_FDCWD, path, names, filter, compare);
}
