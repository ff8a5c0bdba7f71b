/* Shared memory by name: files below /dev/shm, as on Linux. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "posix.h"

#define FOLDER "/dev/shm"

/* The path of such a file; 0, or -1 and errno. */
static int path_of(const char *name, char path[PATH_MAX])
{
    while (*name == '/') {
        name++;
    }
    if (*name == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        errno = EINVAL;
        return -1;
    }
    if (strlen(name) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(path, PATH_MAX, "%s/%s", FOLDER, name);
    return 0;
}

int shm_open(const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    if (path_of(name, path) != 0) {
        return -1;
    }
    /* Nobody misses the folder before there is something to keep in it. */
    if ((flags & O_CREAT) && mkdir(FOLDER, 01777) != 0 && errno != EEXIST) {
        return -1;
    }
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
}

int shm_unlink(const char *name)
{
    char path[PATH_MAX];
    return path_of(name, path) == 0 ? unlink(path) : -1;
}
