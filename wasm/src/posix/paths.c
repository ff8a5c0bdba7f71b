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

#include "abi.h"
#include "posix.h"
#include "request.h"

/* The current directory: a descriptor that the host keeps apart from all others, or -1 for the root in which every run starts,
 * and where the host does not know the path of a directory. Elsewhere than here a directory's descriptor may allow less than
 * a preopen's, and `..` may not lead out of it, so the path is put in front there, as wasi-libc does. */
static int current = -1;
static char current_path[PATH_MAX] = "/";

int pyapp_place(int directory, const char *path, struct place *place)
{
    if (path[0] != '/' && directory != AT_FDCWD) {
        place->directory = directory;
        place->path = path;
        return 0;
    }
    if (path[0] == '\0') {
        errno = ENOENT;
        return -1;
    }
    if (path[0] != '/') {
        if (current >= 0) {
            place->directory = current;
            place->path = path;
            return 0;
        }
        const char *slash = current_path[1] == '\0' ? "" : "/";
        if (snprintf(place->buffer, PATH_MAX, "%s%s%s", current_path, slash, path) >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        path = place->buffer;
    }
    const char *prefix;
    place->directory = __wasilibc_find_abspath(path, &prefix, &place->path);
    if (place->directory < 0) {
        errno = ENOENT;
        return -1;
    }
    return 0;
}

int pyapp_close_behind(int fd, int result)
{
    int error = errno;
    (void)__wasi_fd_close(fd);
    errno = error;
    return result;
}

/* All that preview1 knows; the host ends a guest that asks for more. Other systems ignore other flags. */
#define KNOWN_FLAGS                                                                                                       \
    (O_ACCMODE | O_CREAT | O_DIRECTORY | O_EXCL | O_TRUNC | O_NOFOLLOW | O_APPEND | O_DSYNC | O_NONBLOCK | O_RSYNC | O_SYNC)

int pyapp_open_place(const struct place *place, int flags)
{
    return __wasilibc_nocwd_openat_nomode(place->directory, place->path, flags & KNOWN_FLAGS);
}

/* ---- The current directory ---- */

/* Makes an open directory the current one; `path` leads to it. Takes the descriptor. */
static int enter(int fd, const char *path)
{
    int own = pyapp_request(PYAPP_REQUEST_CWD "/%d", fd);
    int error = errno;
    (void)__wasi_fd_close(fd);
    if (own < 0 && (error != ENOSYS || path == NULL)) {
        errno = error;
        return -1;
    }
    if (own < 0) {
        strcpy(current_path, path);
    }
    current = own;
    return 0;
}

void pyapp_begin(void)
{
    current = pyapp_request(PYAPP_REQUEST_CWD);
}

int chdir(const char *path)
{
    struct place place;
    char inside[PATH_MAX], where[PATH_MAX];
    if (pyapp_place(AT_FDCWD, path, &place) != 0) {
        return -1;
    }
    const char *before = path[0] == '/' || current >= 0 ? "" : current_path;
    const char *slash = before[0] == '\0' || before[1] == '\0' ? "" : "/";
    /* The dot asks whether the directory may be searched, which is all that is needed. */
    if (snprintf(where, sizeof(where), "%s%s%s", before, slash, path) >= (int)sizeof(where) ||
        snprintf(inside, sizeof(inside), "%s/.", place.path) >= (int)sizeof(inside)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = __wasilibc_nocwd_openat_nomode(place.directory, inside, O_SEARCH | O_DIRECTORY);
    return fd < 0 ? -1 : enter(fd, where);
}

int fchdir(int directory)
{
    int fd = __wasilibc_nocwd_openat_nomode(directory, ".", O_SEARCH | O_DIRECTORY);
    return fd < 0 ? -1 : enter(fd, NULL);
}

char *getcwd(char *buffer, size_t size)
{
    char where[PATH_MAX];
    if (current < 0) {
        strcpy(where, current_path);
    } else if (pyapp_ask(PYAPP_REQUEST_PATH, current, where, sizeof(where)) != 0) {
        /* It has been removed; or no call would take its path, and a larger buffer would not help. */
        errno = errno == ESTALE ? ENOENT : errno == ERANGE ? ENAMETOOLONG : errno;
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

/* ---- Listings ---- */

DIR *opendir(const char *path)
{
    struct place place;
    return pyapp_place(AT_FDCWD, path, &place) != 0 ? NULL : __wasilibc_nocwd_opendirat(place.directory, place.path);
}

int remove(const char *path)
{
    int result = unlink(path);
    return result != 0 && errno == EISDIR ? rmdir(path) : result;
}
